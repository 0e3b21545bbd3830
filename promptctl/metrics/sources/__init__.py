"""Where counts come from: files of events, and Prometheus."""

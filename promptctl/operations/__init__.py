"""One module a command: takes a request, returns a result, prints nothing."""

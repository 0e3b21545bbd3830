"""What level a change demands, and why."""

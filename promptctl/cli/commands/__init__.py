"""One page a command: arguments, the operation, and what is printed of its result."""

"""The operating commands, each in a real repository."""

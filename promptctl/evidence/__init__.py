"""What proves a version fit: statements, what evaluation tools write, and whether a gate is met."""

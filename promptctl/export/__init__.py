"""What other programs read: the bundle that an application serves from, and flag files."""

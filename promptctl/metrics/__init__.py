"""What production says of versions: sources of counts, and the guard's statistics."""

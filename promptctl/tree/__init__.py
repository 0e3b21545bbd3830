"""Text to typed files with positions, and the views that rules compare."""

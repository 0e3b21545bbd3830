"""Emergency versions."""

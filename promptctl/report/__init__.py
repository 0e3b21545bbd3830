"""Output formats of `check`: one file each, all made from the same frozen report."""

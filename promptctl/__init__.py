"""Keeps prompt files in a git repository immutable once they are merged."""

__version__ = "0.1.0.dev0"

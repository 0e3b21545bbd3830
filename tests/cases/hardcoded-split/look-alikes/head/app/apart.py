NAME = "qualify-lead"

__version__ = "1.1.0"

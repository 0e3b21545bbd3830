"""The command line: arguments to operations to reports. The only package that prints."""

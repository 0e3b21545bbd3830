"""Intents to edits: what a command would write, worked out before anything is written."""

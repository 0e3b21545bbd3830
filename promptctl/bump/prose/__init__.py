"""What a change of a body's words demands, as far as words can tell."""

from promptctl.bump.prose.compare import compare_bodies
from promptctl.bump.prose.surface import is_surface_edit

__all__ = ["compare_bodies", "is_surface_edit"]

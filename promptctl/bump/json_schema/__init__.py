"""Whether all instances of one JSON Schema are instances of another, in three values."""

from promptctl.bump.json_schema.compare import compare
from promptctl.bump.json_schema.model import Comparison, Difference, Verdict, Witness

__all__ = ["Comparison", "Difference", "Verdict", "Witness", "compare"]

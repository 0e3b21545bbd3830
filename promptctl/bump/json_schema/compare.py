"""Compares two JSON Schemas of draft 2020-12: proof, witness, or neither."""

from __future__ import annotations

from typing import Final

from promptctl.bump.json_schema.atoms import Atoms
from promptctl.bump.json_schema.budget import Budget, OutOfBudgetError
from promptctl.bump.json_schema.documents import Document, Interner, NotJsonError, same
from promptctl.bump.json_schema.doubts import doubt, doubts
from promptctl.bump.json_schema.model import Comparison, Side, Verdict
from promptctl.bump.json_schema.prove import Prover
from promptctl.bump.json_schema.refute import refute
from promptctl.bump.json_schema.weight import weight

_ENDLESS: Final = "it refers to itself about the very same value"
_HEAVIEST: Final = 26_000  # of both together; as much takes half a second, or most of one
_LIGHT: Final = 8_000
_STEPS_TO_PROVE: Final = 60_000
_STEPS_TO_REFUTE: Final = 120_000


def compare(narrow: object, wide: object, *, new: Side = "wide") -> Comparison:
    """Whether every instance that is valid under `narrow` is valid under `wide` too.

    `new` names the later of the two schemas: differences are told as its changes and point into it. An input schema
    must go on accepting what it did: `compare(old, new)`. An output schema may not allow more than it did:
    `compare(new, old, new="narrow")`.

    Formats count as assertions, patterns are those of ECMA 262, and annotations do not count.
    """
    heft = weight(narrow, wide)
    if heft > _HEAVIEST:
        return _unknown("the schemas are too large to be compared")
    interner = Interner()
    try:
        first, second = Document(narrow, interner, "narrow"), Document(wide, interner, "wide")
    except NotJsonError as error:
        return _unknown(str(error))
    if same(first, second):
        return Comparison(Verdict.COMPATIBLE)
    for document in (first, second):
        fault = document.fault or (_ENDLESS if document.chain is None else None)
        if fault is not None:
            which = "new" if document.name == new else "old"
            return _unknown(f"the {which} schema cannot be compared: {fault}")
    return _compare(first, second, new, share=_LIGHT / max(heft, _LIGHT))


def _compare(narrow: Document, wide: Document, new: Side, *, share: float) -> Comparison:
    """`share` is that of the steps to refute that schemas of this weight get: in heavy ones each takes longer."""
    atoms = Atoms()
    try:
        if Prover(atoms, Budget(_STEPS_TO_PROVE)).entails([narrow.root], [wide.root], is_inner=False):
            return Comparison(Verdict.COMPATIBLE)
    except (OutOfBudgetError, RecursionError):
        pass  # what is not proved may still be refuted
    found = refute(narrow, wide, atoms, Budget(int(_STEPS_TO_REFUTE * share)), new)
    if found:
        return Comparison(Verdict.BREAKING, tuple(found))
    return Comparison(Verdict.UNKNOWN, tuple(doubts(narrow, wide, atoms, new)))


def _unknown(message: str) -> Comparison:
    return Comparison(Verdict.UNKNOWN, (doubt(message),))

"""The version and the gate that a command names, and what there is to compare them with."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.core.refs import Ref, parse_ref
from promptctl.core.text import suggest
from promptctl.evidence.statement import Subject
from promptctl.evidence.wanted import Side
from promptctl.operations.catalog import Catalog
from promptctl.rules.environments import environments
from promptctl.rules.owed import baseline_of

if TYPE_CHECKING:
    from promptctl.operations.catalog import Found
    from promptctl.operations.compared import Compared
    from promptctl.tree.policy_values import Gate


@dataclass(frozen=True)
class Examined:
    """A version that can be examined: it has a body."""

    found: Found
    side: Side
    sha256: str

    @property
    def ref(self) -> Ref:
        return self.side.ref

    @property
    def subject(self) -> Subject:
        return Subject(str(self.ref), self.sha256, self.side.behaviour)


def find_gate(views: Compared, name: str) -> Gate:
    """A gate of the policy in force. Raises UsageError."""
    gates = views.context.policy.gates or ()
    found = next((gate for gate in gates if gate.name == name), None)
    if found is None:
        known = [gate.name for gate in gates]
        close = suggest(name, known)
        listed = f"it has {', '.join(known)}" if known else "add `gates` to promptctl.yaml; what counts is that of base"
        raise UsageError(f"the policy has no gate {name}", hint=f"did you mean {close}?" if close else listed)
    return found


def examined(views: Compared, text: str) -> Examined:
    """A version by `name@version`. Raises UsageError where there is none, Refused where it cannot be read."""
    if parse_ref(text) is None and "@" not in text:
        raise UsageError(f"{text} names no version", hint=f"write name@version, such as {text}@1.0.0")
    found = Catalog(views.change).version(text)
    blob = views.change.library.blob(found.item.entry)
    file = found.file
    if file.body is None or file.digest is None or blob is None or blob.data is None:
        raise Refused(f"{found.item.path} cannot be read", hint="promptctl check says what is wrong")
    side = Side(found.ref, file.body, file.digest, file.template)
    return Examined(found, side, sha256(blob.data).hexdigest())


def owed_baseline(views: Compared, version: Examined, gate: Gate, environment: str | None) -> Subject | None:
    """What `check` will compare the version with in an environment.

    Without one, in the last of those that the gate guards and that serve another version.
    """
    guarded = [name for name in environments(views.context) if gate.guards(name)]
    names = [environment] if environment in guarded else reversed(guarded)
    found = (baseline_of(views.context, views.change.environment(name), version.ref) for name in names)
    return next((baseline for baseline in found if baseline is not None), None)


def usual_baseline(views: Compared, version: Examined, gate: Gate, environment: str | None) -> Examined | None:
    """The same as a version that can be examined; None where it cannot."""
    found = owed_baseline(views, version, gate, environment)
    try:
        return examined(views, found.name) if found else None
    except (Refused, UsageError):
        return None

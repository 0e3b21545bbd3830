"""Where code pins a version by hand: what was found, what is allowed, and what a change adds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promptctl.core.allowances import Allowance, allowance_at
from promptctl.core.mentions import Mention, find_mentions
from promptctl.rules.scope import Scope, scope_of
from promptctl.tree.baseline import Key, Line, allowed_by, read_baseline
from promptctl.tree.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from promptctl.core.entries import Entry
    from promptctl.rules.base import Context
    from promptctl.tree.change import Change


@dataclass(frozen=True, slots=True)
class Pin:
    """A mention that nothing allows. `unreasoned`: a comment tries to, without saying why."""

    path: str
    mention: Mention
    text: str
    unreasoned: bool = False

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same one before and after an edit elsewhere in the file."""
        return (self.path, self.mention.rule, self.mention.ref, self.text)


@dataclass(frozen=True, slots=True)
class Pins:
    """`found` is what to report, `counts` how often each thing stands in the files that were looked at."""

    found: tuple[Pin, ...] = ()
    counts: Mapping[Key, int] = field(default_factory=Counter)


def pins_of(context: Context) -> Pins:
    """The pins of a change, or of all of head, before the baseline is asked; worked out once for all rules."""
    return context.change.once("pins", lambda: _pins(context))


def _pins(context: Context) -> Pins:
    change, scope = context.change, scope_of(context)
    paths = change.only if change.everything else _touched(change, scope)
    if not change.everything and not paths:
        return Pins()
    catalogue = Catalogue(change)
    if not catalogue.names:
        return Pins()
    lines = change.facts.mentions(catalogue.names, paths, scope.skipped)
    every = list(_in_files(lines, catalogue))
    covered = {path for path in {pin.path for pin in every} if scope.covers(path)}
    covered -= set(change.facts.generated(covered))
    every = [pin for pin in every if pin.path in covered]
    counts = Counter(key_of(change, pin) for pin in every)
    return Pins(tuple(every if change.everything else _added(change, catalogue, every)), counts)


def _touched(change: Change, scope: Scope) -> tuple[str, ...]:
    touched = change.facts.touched_elsewhere()
    return tuple(path for path in sorted(touched) if change.asked_about(path) and scope.covers(path))


def _in_files(files: Mapping[str, Mapping[int, str]], catalogue: Catalogue) -> Iterator[Pin]:
    for path, lines in sorted(files.items()):
        for mention in find_mentions(lines, catalogue):
            allowance = allowance_at(lines, mention.line, mention.rule)
            if allowance is None or not allowance.reason:
                yield Pin(path, mention, lines[mention.line].strip(), isinstance(allowance, Allowance))


def _added(change: Change, catalogue: Catalogue, pins: Iterable[Pin]) -> Iterator[Pin]:
    """The pins on lines that the files did not have before, however the lines moved."""
    pins = list(pins)
    paths = tuple(sorted({pin.path for pin in pins}))
    known: Counter[tuple[str, str, str, str]] = Counter()
    for lines in change.facts.mentioned_before(catalogue.names, paths) if paths else ():
        known |= Counter(pin.key for pin in _in_files(lines, catalogue))
    for pin in pins:
        if known[pin.key]:
            known[pin.key] -= 1
        else:
            yield pin


def key_of(change: Change, pin: Pin) -> Key:
    """What a line of the baseline would say of a pin. Paths outside the project are written from the top."""
    root = change.layout.root
    path = pin.path.removeprefix(root) if pin.path.startswith(root) else f"/{pin.path}"
    return Key(path, pin.mention.rule, pin.mention.ref)


def baseline_in_force(change: Change) -> Counter[Key]:
    """What base's baseline allows; that of head only where base has none."""
    path = change.layout.baseline
    return allowed_by(_read(change, change.base.entry(path) or change.head.entry(path)))


def listed(context: Context) -> Counter[Key]:
    """What a new baseline says: what stands in code, as far as that of base allows it where there is one."""
    change, counts = context.change, Counter(pins_of(context).counts)
    entry = change.base.entry(change.layout.baseline)
    return counts & allowed_by(_read(change, entry)) if entry else counts


def grown(change: Change) -> Iterator[Line]:
    """The lines of head's baseline that cannot be read, or that allow more than base and every fork do."""
    path = change.layout.baseline
    places = change.touched.get(path)
    lines = _read(change, change.head.entry(path))
    yield from (line for line in lines if line.key is None and (places or change.everything))
    if places is None or places.base is None:
        return
    before: Counter[Key] = Counter()
    for entry in (places.base, *(places.forks or ())):
        before |= allowed_by(_read(change, entry))
    now = allowed_by(lines)
    yield from (line for line in lines if line.key is not None and now[line.key] > before[line.key])


def _read(change: Change, entry: Entry | None) -> tuple[Line, ...]:
    return read_baseline(change.library.blob(entry)) if entry else ()

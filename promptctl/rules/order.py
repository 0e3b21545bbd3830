"""Rules about the order of versions: each one step after the one that it supersedes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.levels import Level
from promptctl.core.text import suggest
from promptctl.core.versions import bumped, is_stable, raised_level, triple
from promptctl.rules.base import problem, ref_of, rule, span_of
from promptctl.rules.chain import is_first, links, parent, same_triple, step_from, tombstone_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.versions import Version
    from promptctl.rules.base import Context
    from promptctl.rules.chain import Link
    from promptctl.tree.change import Change
    from promptctl.tree.prompts import Numbered

_IDENTITY = frozenset({"name", "version", "supersedes"})


@rule("version-skipped", family="order", severity=Severity.ERROR)
def version_skipped(context: Context) -> Iterator[Finding]:
    """A version is not exactly one step after the one that it supersedes.

    ## What it does
    Compares major, minor and patch with those of the last stable version in the chain of `supersedes`: exactly one of
    them must be raised by one, and those behind it must be zero. Pre-releases of one triple only have to grow. A
    backport (1.0.1 after 1.0.0 while 2.0.0 exists) is lawful.

    ## Why is this bad?
    A number that was left out looks like a version that was lost.

    ## Example
    ```yaml
    version: 1.3.0
    supersedes: 1.1.0
    ```

    ## Use instead
    ```yaml
    version: 1.2.0
    supersedes: 1.1.0
    ```
    """
    change = context.change
    for link in links(context):
        before = _before(change, link)
        if before is None or link.own.version <= before[0]:
            continue
        older, origin = before
        within = same_triple(link.own.version, older) and not is_stable(older)
        if within or raised_level(origin, link.own.version) is not None:
            continue
        steps = ", ".join(str(bumped(origin, level)) for level in (Level.PATCH, Level.MINOR, Level.MAJOR))
        why = "" if origin == older else f", the last stable version before {older}"
        message = f"{link.own.text} is not one step after {origin}{why}"
        yield _found(link, "version", message, f"one of {steps}: promptctl renumber {ref_of(link.place)} --to auto")


@rule("version-backwards", family="order", severity=Severity.ERROR)
def version_backwards(context: Context) -> Iterator[Finding]:
    """A version is not higher than the one that it supersedes.

    ## What it does
    Compares `version` with `supersedes` by SemVer precedence.

    ## Why is this bad?
    Whoever takes the higher number gets the older text.

    ## Example
    ```yaml
    version: 1.1.0
    supersedes: 1.2.0
    ```

    ## Use instead
    ```yaml
    version: 1.3.0
    supersedes: 1.2.0
    ```
    """
    for link in links(context):
        before = link.file.supersedes
        if before is not None and link.own.version <= before:
            yield _found(link, "supersedes", f"{link.own.text} is not higher than {before}, which it supersedes", None)


@rule("supersedes-unknown", family="order", severity=Severity.ERROR)
def supersedes_unknown(context: Context) -> Iterator[Finding]:
    """A version does not say which version it supersedes, or names one that does not exist.

    ## What it does
    Looks for the parent among the versions of base and head and among the tombstones in the manifest. Only a prompt's
    first version has no parent.

    ## Why is this bad?
    The history of the prompt breaks off, and nothing can say what changed.

    ## Example
    ```yaml
    version: 1.2.0
    supersedes: 1.0.9
    ```

    ## Use instead
    ```yaml
    version: 1.2.0
    supersedes: 1.1.0
    ```
    """
    change = context.change
    for link in links(context):
        text = link.file.string("supersedes")
        if text is None:
            if "supersedes" not in link.file.data and not is_first(change, link):
                yield _found(link, "supersedes", "`supersedes` is missing: which version does this one follow?", None)
        elif link.file.supersedes and parent(change, link) is None and text not in change.tombstones(link.place.folder):
            others = [item for item in change.versions(link.place.folder) if item != link.own.text]
            close = suggest(text, others)
            known = f"did you mean {close}?" if close else f"known versions: {', '.join(others) or 'none'}"
            yield _found(link, "supersedes", f"there is no version {text} that could be superseded", known)


@rule("version-unchanged", family="order", severity=Severity.ERROR)
def version_unchanged(context: Context) -> Iterator[Finding]:
    """A new version is the one that it supersedes under another number.

    ## What it does
    Compares body and front matter, leaving out `name`, `version` and `supersedes`. A release candidate made final, and
    the step from 0.x to 1.0.0, may leave everything as it is.

    ## Why is this bad?
    Every change creates a new version, and every version is a change: a copy makes the history say nothing.

    ## Example
    ```console
    $ sed 's/1.0.0/1.1.0/' 1.0.0.md > 1.1.0.md
    ```

    ## Use instead
    ```console
    $ promptctl new-version qualify-lead --bump minor --edit -m "Asks about budget before timeline."
    ```
    """
    change = context.change
    for link in links(context):
        older = parent(change, link)
        if older is None or older.text == link.own.text or _may_repeat(older.version, link.own.version):
            continue
        other = change.library.version(older.entry)
        if link.file.body == other.body and _content(link.file.data) == _content(other.data):
            yield _found(link, "version", f"{link.own.text} differs from {older.text} in nothing but its number", None)


def _may_repeat(older: Version, newer: Version) -> bool:
    finished = same_triple(older, newer) and not is_stable(older)
    return finished or (triple(older)[0] == 0 and triple(newer)[0] > 0)


def _content(data: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in data.items() if key not in _IDENTITY}


def _before(change: Change, link: Link) -> tuple[Version, Version] | None:
    """What a version supersedes, and the version from which its step is counted; None where there is no parent."""
    folder = link.place.folder
    older: Numbered | None = parent(change, link)
    if older is not None and older.text != link.own.text:
        return older.version, step_from(change, folder, older)
    retired = tombstone_version(change, folder, link.file.string("supersedes") or "")
    return (retired, retired) if retired else None


def _found(link: Link, key: str, message: str, hint: str | None) -> Finding:
    span = span_of(link.file.lines, *link.file.locate(key))
    return problem(link.place.path, message, span=span, subject=key, ref=ref_of(link.place), hint=hint)

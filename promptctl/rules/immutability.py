"""Rules about released version files: they never change, move or vanish."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from promptctl.core.errors import Undecided
from promptctl.core.findings import Severity, Span
from promptctl.core.immutability import Verdict
from promptctl.core.text import plural
from promptctl.rules.base import problem, ref_of, rule, span_of
from promptctl.rules.removal import removals
from promptctl.rules.tombstones import lost_tombstones
from promptctl.rules.verdicts import Judged, is_restored, judged, moved_to
from promptctl.tree.layout import Role
from promptctl.tree.snapshot import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.entries import Entry
    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.tree.change import Change
    from promptctl.tree.layout import Place

_UNSET = "-filter -ident -working-tree-encoding -export-subst -export-ignore"


@rule("released-version-edited", family="immutability", severity=Severity.ERROR)
def released_version_edited(context: Context) -> Iterator[Finding]:
    """A released version file has other bytes.

    ## What it does
    Compares every version file with the one on the base by git's object id. White space, line ends and spelling
    count: the file is the same bytes or it is edited.

    ## Why is this bad?
    Whoever selected `qualify-lead@1.1.0` got one text yesterday and gets another today, and nothing says so. Results
    of evaluations and incident reports no longer belong to the text that they name.

    ## Example
    ```console
    $ sed -i 's/politely/briefly/' prompt-templates/task/qualify-lead/1.1.0.md
    ```

    ## Use instead
    ```console
    $ promptctl new-version qualify-lead --from-edit --bump minor -m "Answers briefly."
    ```
    The edited bytes become the next version, and the released file is put back, in the index too.
    """
    for item in judged(context):
        if item.verdict is Verdict.EDITED and not is_restored(context, item):
            found = _found(item, _how_edited(context, item), _edit_hint(context, item))
            yield replace(found, span=_first_difference(context, item))


@rule("released-version-removed", family="immutability", severity=Severity.ERROR)
def released_version_removed(context: Context) -> Iterator[Finding]:
    """A released version file is gone.

    ## What it does
    Looks for version files that the base has, that head once had, and that head no longer has. A file that head never
    had is no removal: head is only behind. A renamed file is a removal, because its number is gone.

    A version may be retired: base has it deprecated and its time is over, no environment selects it, no open rollout
    needs it, and head's manifest keeps a tombstone with the digest of the file. What is unmet of that has a rule of its
    own. A purge, for an incident, needs no time of grace. The tombstone stays: without it the number would be free.

    ## Why is this bad?
    A rollback needs the version it returns to, and an application that still selects the version fails.

    ## Example
    ```console
    $ git rm prompt-templates/task/qualify-lead/1.0.0.md
    ```

    ## Use instead
    ```console
    $ promptctl retire qualify-lead@1.0.0 -m "Nobody uses it any more."
    ```
    """
    for removal in removals(context):
        if not removal.is_lawful:
            target = moved_to(context, removal.item)
            what = f"was moved to {target}" if target else "was removed"
            hint = _restore_hint(context, removal.item)
            yield _found(removal.item, f"{removal.ref} is released and {what}", hint)
    yield from lost_tombstones(context)


@rule("released-version-replaced", family="immutability", severity=Severity.ERROR)
def released_version_replaced(context: Context) -> Iterator[Finding]:
    """A released version file became something else: another mode, a link, a submodule.

    ## What it does
    Compares the mode of every version file with the one on the base, before looking at its bytes. Where the change
    touches a `.gitattributes`, asks whether git would now convert released files on checkout, by `filter` (LFS is one),
    `ident` or `working-tree-encoding`, or in `git archive`, by `export-subst` or `export-ignore`.

    ## Why is this bad?
    A symbolic link is as long as its target: what it shows can change without a commit to the prompt. An executable
    bit changes no text, but the file is no longer the one that was reviewed. What git converts is in every checkout
    another text than the one that was released, although nobody edited it.

    ## Example
    ```console
    $ ln -sf ../shared/latest.md prompt-templates/task/qualify-lead/1.0.0.md
    ```

    ## Use instead
    ```console
    $ git restore --source=origin/main --staged --worktree prompt-templates/task/qualify-lead/1.0.0.md
    ```
    """
    for item in judged(context):
        if item.verdict is Verdict.REPLACED and not is_restored(context, item) and item.places.head:
            message = f"{ref_of(item.place)} is released and became {item.places.head.kind}"
            yield _found(item, message, _restore_hint(context, item))
    yield from _converted(context.change)


def _converted(change: Change) -> Iterator[Finding]:
    """The attribute files that the change touches and that make git convert released versions."""
    paths = {*change.touched, *change.facts.outside(everything=False)}
    attributes = sorted(path for path in paths if path.rpartition("/")[2] == ".gitattributes")
    for path in attributes:
        folder = path.removesuffix(".gitattributes")
        below = [place for place in _released(change) if place.path.startswith(folder)]
        found = change.facts.conversions([place.path for place in below], change.after)
        first = next((place for place in below if place.path in found), None)
        if first is not None:
            count = plural(len(found), "released version")
            message = f"git would not give {count} out as stored ({found[first.path]}), such as {ref_of(first)}"
            templates = f"{change.layout.templates}/"
            pattern = "**" if folder.startswith(templates) else f"/{templates.removeprefix(folder)}**"
            hint = f"end {path} with the line: {pattern} {_UNSET}"
            yield problem(path, message, subject="attributes", hint=hint)


def _released(change: Change) -> list[Place]:
    places = (change.layout.place(path) for path, _ in walk(change.base, change.layout.templates))
    return [place for place in places if place is not None and place.role is Role.VERSION]


@rule("version-collision", family="immutability", severity=Severity.ERROR)
def version_collision(context: Context) -> Iterator[Finding]:
    """The number of a new version is already taken on the base by another file.

    ## What it does
    Reports a version file that head and base both have, with different content, and that their common ancestor lacks;
    and a number that returns with other bytes after it was retired.

    ## Why is this bad?
    Two branches each made their own 1.2.0. Whichever is merged second would overwrite a released version.

    ## Example
    ```console
    $ git log --oneline main -- prompt-templates/task/qualify-lead/1.2.0.md
    3f2c1aa Ask about budget first
    $ git log --oneline HEAD -- prompt-templates/task/qualify-lead/1.2.0.md
    9d01b7e Answer in French
    ```

    ## Use instead
    ```console
    $ promptctl renumber qualify-lead@1.2.0 --to auto
    ```
    """
    for item in judged(context):
        if item.verdict is Verdict.COLLISION:
            ref = ref_of(item.place)
            taken = "already released with other content" if item.places.base else "retired, and may not return changed"
            yield _found(item, f"{ref} is {taken}", f"promptctl renumber {ref} --to auto")


@rule("base-tampered", family="immutability", severity=Severity.ERROR)
def base_tampered(context: Context) -> Iterator[Finding]:
    """The base itself changed or lost a released version.

    ## What it does
    Compares the base with the point where head branched off. A version file that was there then and is different or
    gone now, without a tombstone in its manifest, was rewritten on the protected branch.

    ## Why is this bad?
    The protected branch is what everything else trusts. Head did nothing wrong and is not blamed; the base must be
    repaired.

    ## Example
    ```console
    $ git push --force origin rewritten-main:main
    ```

    ## Use instead
    Restore the file on the protected branch with the bytes that it was released with.
    """
    for item in judged(context):
        if item.verdict is Verdict.TAMPERED:
            what = "something else" if item.places.base else "nothing"
            message = (
                f"the base has {what} where {ref_of(item.place)} was released: the base was rewritten, not this change"
            )
            fork = item.places.fork
            hint = f"on the base: git cat-file blob {fork.oid} > {quote(item.place.path)}" if fork else None
            yield _found(item, message, hint)


@rule("released-version-restored", family="immutability", severity=Severity.INFO)
def released_version_restored(context: Context) -> Iterator[Finding]:
    """A released version gets back the bytes that it was first released with.

    ## What it does
    Recognises the repair of a file that was edited in place earlier: history shows that head's bytes are the first
    that the base ever had at this path. Where history is cut short this cannot be shown, and
    `released-version-edited` stays.

    ## Why is this bad?
    It is not: this is how an edited file is mended. It is reported so that reviewers see it.

    ## Example
    ```console
    $ git commit -am "Fix a typo in a released prompt"
    ```

    ## Use instead
    ```console
    $ git revert HEAD
    ```
    """
    for item in judged(context):
        if is_restored(context, item):
            yield _found(item, f"{ref_of(item.place)} has again the bytes that it was first released with", None)


def _found(item: Judged, message: str, hint: str | None) -> Finding:
    blob = item.places.head.oid if item.places.head else "gone"
    return problem(item.place.path, message, ref=ref_of(item.place), hint=hint, blob=blob)


def _how_edited(context: Context, item: Judged) -> str:
    """Say when white space is all that changed: a formatter did it, and nobody wrote anything."""
    message = f"{ref_of(item.place)} is released and was edited in place"
    old, new = (_content(context, entry) for entry in (item.places.base, item.places.head))
    if old is not None and new is not None:
        if old.replace(b"\r\n", b"\n") == new.replace(b"\r\n", b"\n"):
            return f"{message}: only line ends differ"
        if old.split() == new.split():
            return f"{message}: only white space differs, as after a formatter"
    return message


def _content(context: Context, entry: Entry | None) -> bytes | None:
    """A file's bytes where they can be had: ids alone have shown the edit, so it is reported without them too."""
    with suppress(Undecided):
        blob = context.change.library.blob(entry) if entry else None
        return blob.data if blob else None
    return None


def _first_difference(context: Context, item: Judged) -> Span | None:
    """Where the file first differs from the released one, as far as both are text."""
    places, library = item.places, context.change.library
    if not (places.base and places.head) or _content(context, places.base) is None:
        return None
    old, new = library.version(places.base).text, library.version(places.head)
    if old is None or new.text is None:
        return None
    pairs = enumerate(zip(old, new.text, strict=False))
    offset = next((i for i, (one, other) in pairs if one != other), min(len(old), len(new.text)))
    return span_of(new.lines, offset, offset)


def _edit_hint(context: Context, item: Judged) -> str:
    """The line that makes the edit the next version; where it left no readable version, the line that undoes it."""
    entry = item.places.head
    if entry is None or context.change.library.version(entry).node is None:
        return _restore_hint(context, item)
    of_this = [other for other in judged(context) if other.place.folder == item.place.folder]
    edited = [other for other in of_this if other.verdict is Verdict.EDITED]
    one = f" --from {quote(item.place.version_text)}" if len(edited) > 1 else ""
    return f'promptctl new-version {quote(item.place.name)} --from-edit{one} -m "what changed"'


def _restore_hint(context: Context, item: Judged) -> str:
    return f"git restore --source={quote(context.base_name)} --staged --worktree -- {quote(':/' + item.place.path)}"

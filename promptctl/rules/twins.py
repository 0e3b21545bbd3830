"""The rule about names that some file systems take for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.alike import folded, is_short_name
from promptctl.core.findings import Severity
from promptctl.rules.base import problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.tree.change import Change
    from promptctl.tree.layout import Place

_DIFFERS = "differs only by case or normal form from"


@rule("case-collision", family="layout", severity=Severity.ERROR, subject="tree")
def case_collision(context: Context) -> Iterator[Finding]:
    """Two paths differ only by case or by Unicode normal form.

    ## What it does
    Compares every part of a path with its neighbours on the base and in head, after case folding and NFC. Looks at
    files under the template folder, and at whatever would be taken for the policy or one of the project's folders: also
    by the short name, such as `PROMPT~1`, that Windows gives one.

    ## Why is this bad?
    macOS and Windows can check out only one of the two: the other shows its content under the wrong name, and looks
    edited without an edit.

    ## Example
    ```text
    prompt-templates/task/qualify-lead/1.0.0-rc.1.md
    prompt-templates/task/qualify-lead/1.0.0-RC.1.md
    ```

    ## Use instead
    ```text
    prompt-templates/task/qualify-lead/1.0.0-rc.1.md
    prompt-templates/task/qualify-lead/1.0.0-rc.2.md
    ```
    """
    for place, _ in context.change.files:
        twin = _twin(context.change, place)
        if twin:
            yield problem(place.path, f"{_DIFFERS} {twin}", hint="rename one of the two")
    yield from _outer_twins(context.change)


def _outer_twins(change: Change) -> Iterator[Finding]:
    """The first file of everything that lies beside what promptctl looks after, under a name that counts as the same.

    A file where that has a folder is one too: it may be a link to anywhere.
    """
    seen = set()
    for path in sorted(change.facts.outside(everything=change.everything)):
        for managed in change.layout.managed:
            parts = path.split("/")[: managed.count("/") + 1]
            twin, place = "/".join(parts), "/".join(managed.split("/")[: len(parts)])
            if twin not in seen and twin != place and all(map(_is_alike, parts, place.split("/"))):
                seen.add(twin)
                how = _DIFFERS if folded(twin) == folded(place) else "may be the short name of"
                message = f"{twin} {how} {place}"
                yield problem(path, message, subject=twin, hint="rename it: some file systems have only one of the two")


def _is_alike(part: str, name: str) -> bool:
    return folded(part) == folded(name) or is_short_name(part, name)


def _twin(change: Change, place: Place) -> str | None:
    folder = change.layout.templates
    for part in (*place.parts, place.file_name):
        twin = _neighbour_like(change, folder, part)
        if twin:
            return f"{folder}/{twin}"
        folder = f"{folder}/{part}"
    return None


def _neighbour_like(change: Change, folder: str, part: str) -> str | None:
    """Something else in a folder whose name counts as the same.

    What head removed is no neighbour: a rename by case is lawful.
    """
    files, folders = change.after.files(folder), change.after.folders(folder)
    for name in sorted({*files, *folders}):
        alike = name != part and folded(name) == folded(part)
        if alike and (name in files or change.everything or _holds_anything(change, f"{folder}/{name}")):
            return name
    return None


def _holds_anything(change: Change, folder: str) -> bool:
    if change.after.files(folder):
        return True
    return any(_holds_anything(change, f"{folder}/{name}") for name in change.after.folders(folder))

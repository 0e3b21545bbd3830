"""Rules about deprecations: complete, with a way out, and in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promptctl.core.findings import Severity
from promptctl.core.text import suggest
from promptctl.core.times import days_between, later, parse_duration
from promptctl.core.versions import is_stable
from promptctl.rules.base import problem, rule, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.tree.document import Document
    from promptctl.tree.prompts import Prompt

_KEYS = ("replacement", "reason", "announced", "remove-after")
_NONE = "none"
_GRACE = "30d"
_TOLERANCE = 2  # days: a review takes some time, and time zones differ


@rule("deprecation-incomplete", family="lifecycle", severity=Severity.ERROR)
def deprecation_incomplete(context: Context) -> Iterator[Finding]:
    """A deprecation leaves out what its users have to know.

    ## What it does
    Asks every entry under `deprecated` for `replacement` (or `none`), `reason`, `announced` and `remove-after`.

    ## Why is this bad?
    Users learn that they have to go, and not where to, why or until when.

    ## Example
    ```yaml
    deprecated:
      1.0.0: {reason: Asks too much.}
    ```

    ## Use instead
    ```yaml
    deprecated:
      1.0.0: {replacement: 1.1.0, reason: Asks too much., announced: 2026-11-01, remove-after: 2027-01-15}
    ```
    """
    for prompt, document, version, said in _deprecations(context):
        missing = [key for key in _KEYS if not str(said.get(key) or "").strip()]
        if missing:
            message = f"the deprecation of {prompt.name}@{version} lacks {' and '.join(f'`{key}`' for key in missing)}"
            yield _found(
                prompt, document, (version,), message, "say what to use instead, why, since when, and until when"
            )


@rule("replacement-unfit", family="lifecycle", severity=Severity.ERROR)
def replacement_unfit(context: Context) -> Iterator[Finding]:
    """The replacement of a deprecated version is nothing that its users could take.

    ## What it does
    Looks up `replacement`: it must exist, be stable, neither deprecated nor retired, and fit for every regime that the
    deprecated version is fit for. It may be lower. `none` is lawful.

    ## Why is this bad?
    Users move once and have to move again, or they cannot move at all.

    ## Example
    ```yaml
    deprecated:
      1.0.0: {replacement: 2.0.0-rc.1, reason: Old., announced: 2026-11-01, remove-after: 2027-01-15}
    ```

    ## Use instead
    ```yaml
    deprecated:
      1.0.0: {replacement: 1.1.0, reason: Old., announced: 2026-11-01, remove-after: 2027-01-15}
    ```
    """
    for prompt, document, version, said in _deprecations(context):
        replacement = said.get("replacement")
        if not isinstance(replacement, str) or not replacement or replacement == _NONE:
            continue
        reason = _unfit(context, prompt, document, version, replacement)
        if reason:
            close = suggest(replacement, prompt.versions)
            hint = f"did you mean {close}?" if close and close != replacement else "name another version, or `none`"
            message = f"the replacement {replacement} of {prompt.name}@{version} {reason}"
            yield _found(prompt, document, (version, "replacement"), message, hint)


@rule("grace-too-short", family="lifecycle", severity=Severity.ERROR, subject="move", dated=True)
def grace_too_short(context: Context) -> Iterator[Finding]:
    """A deprecation gives its users less time than the policy promises.

    ## What it does
    Looks at what the change writes: a new deprecation must be announced within two days of today, and leave at least
    the policy's `deprecation.min-grace` (30 days) until `remove-after`. A later change may not move `remove-after`
    to an earlier day.

    ## Why is this bad?
    Users plan with the date. One that comes too soon is a removal without notice.

    ## Example
    ```yaml
    # on 2026-11-22
    deprecated:
      1.0.0: {replacement: 1.1.0, reason: Old., announced: 2026-11-22, remove-after: 2026-11-30}
    ```

    ## Use instead
    ```yaml
    deprecated:
      1.0.0: {replacement: 1.1.0, reason: Old., announced: 2026-11-22, remove-after: 2026-12-31}
    ```
    """
    for prompt, document, version, said in _deprecations(context):
        if prompt.manifest_path not in context.change.touched:
            continue
        manifest = context.change.base_manifest(prompt.folder)
        before = manifest.section("deprecated").get(version) if manifest else None
        for key, message in _hasty(context, said, before if isinstance(before, dict) else None):
            hint = f"the earliest lawful `remove-after` is {_earliest(context)}" if before is None else None
            yield _found(prompt, document, (version, key), f"{prompt.name}@{version} {message}", hint)


def _hasty(context: Context, said: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    announced, until = str(said.get("announced", "")), str(said.get("remove-after", ""))
    if before is None or before.get("announced") != said.get("announced"):
        days = days_between(announced, context.today)
        if days is not None and abs(days) > _TOLERANCE:
            yield "announced", f"is announced on {announced}, which is not today ({context.today})"
    if before is not None and until < str(before.get("remove-after", "")):
        yield "remove-after", f"may be removed after {until}, and {before['remove-after']} was promised"
    elif before is None and until and until < _earliest(context):
        yield "remove-after", f"may be removed after {until}, which is too soon"


def _earliest(context: Context) -> str:
    section = context.policy.data.get("deprecation")
    grace = str(section.get("min-grace", _GRACE)) if isinstance(section, dict) else _GRACE
    return later(context.today, parse_duration(grace))


def _unfit(context: Context, prompt: Prompt, document: Document, version: str, replacement: str) -> str | None:
    versions = context.change.versions(prompt.folder)
    known, own = versions.get(replacement), versions.get(version)
    if replacement in document.section("retired"):
        return "is retired"
    if known is None:
        return "does not exist"
    if replacement in document.section("deprecated"):
        return "is deprecated"
    if not is_stable(known.version):
        return "is a pre-release"
    if own is None:
        return None
    regimes = [context.change.library.version(item.entry).data.get("regimes") for item in (own, known)]
    lost = sorted({str(name) for name in regimes[0] or ()} - {str(name) for name in regimes[1] or ()})
    return f"is not fit for {', '.join(lost)}" if lost else None


def _deprecations(context: Context) -> Iterator[tuple[Prompt, Document, str, Mapping[str, Any]]]:
    """The deprecations in the manifests that are looked at, as far as they are mappings."""
    for prompt in context.change.prompts:
        document = context.change.library.manifest(prompt.manifest) if prompt.manifest else None
        for version, said in (document.section("deprecated") if document else {}).items():
            if document is not None and isinstance(said, dict):
                yield prompt, document, version, said


def _found(prompt: Prompt, document: Document, keys: tuple[str, ...], message: str, hint: str | None) -> Finding:
    pointer = ("deprecated", *keys)
    span = span_of(document.lines, *document.locate(*pointer))
    ref = f"{prompt.name}@{keys[0]}"
    return problem(prompt.manifest_path, message, span=span, subject=".".join(pointer), ref=ref, hint=hint)

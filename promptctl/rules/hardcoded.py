"""Rules against code that names a version of a prompt: which one is served is for the configuration to say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from promptctl.core.findings import Severity, Span
from promptctl.core.mentions import Form
from promptctl.rules.base import problem, rule
from promptctl.rules.pins import baseline_in_force, grown, key_of, pins_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.rules.base import Context
    from promptctl.rules.pins import Pin

_SAID = {
    Form.VERSION: "{ref} is pinned in code",
    Form.PATH: "the file of {ref} is named in code",
    Form.SPLIT: "{name} and its version {version} are named side by side in code",
}


@rule("hardcoded-version", family="hardcoded", severity=Severity.ERROR)
def hardcoded_version(context: Context) -> Iterator[Finding]:
    """Code names a version of a prompt.

    ## What it does
    Searches tracked text for `name@version` with the name of a prompt and any SemVer number. A change is searched in
    the files that it touches, and a line that stood in the file before is not reported again; `--all` searches
    everything. Never searched: templates, configuration, evidence, post-mortems, the policy, lock files, what
    `.gitattributes` on the base calls `linguist-generated`, `linguist-vendored` or `-diff`, and lines of more than
    10,000 characters. Markdown and changelogs are searched only where a pattern of `hardcoded.include` names such
    files (`runbooks/*.md`); patterns of `hardcoded.exclude` leave out more.

    ## Why is this bad?
    Whoever moves the default, or rolls back in an emergency, does not move what is pinned here, and nobody is told.

    ## Example
    ```python
    prompt = prompts.get("qualify-lead@1.1.0")
    ```

    ## Use instead
    ```python
    prompt = prompts.get("qualify-lead")  # the configuration says which version
    ```

    Where one version is meant, as in a replay, a comment on the same line or alone on the line above says why:

    ```python
    # promptctl: allow hardcoded-version replays the decisions of March
    prompt = prompts.get("qualify-lead@1.1.0")
    ```

    Old code passes where `promptctl-hardcoded.txt` lists it, which `promptctl check --all --write-baseline` writes. The
    base's file counts, and a change that adds to it is reported.
    """
    yield from _pinned(context, Form.VERSION)


@rule("hardcoded-path", family="hardcoded", severity=Severity.ERROR)
def hardcoded_path(context: Context) -> Iterator[Finding]:
    """Code names the file of a version.

    ## What it does
    Searches as `hardcoded-version` does, for the folder of a prompt with a version in it: `qualify-lead/1.1.0`, with
    any folders before and with or without `.md`.

    ## Why is this bad?
    It is a pinned version, and besides the code depends on where prompts are kept.

    ## Example
    ```python
    text = Path("prompt-templates/task/qualify-lead/1.1.0.md").read_text()
    ```

    ## Use instead
    ```python
    text = prompts.get("qualify-lead").text
    ```
    """
    yield from _pinned(context, Form.PATH)


@rule("hardcoded-split", family="hardcoded", severity=Severity.WARNING)
def hardcoded_split(context: Context) -> Iterator[Finding]:
    """Code names a prompt and one of its versions side by side.

    ## What it does
    Searches as `hardcoded-version` does, for the name of a prompt and the number of a version that it has, each in
    quotes, on one line or within three lines without an empty one between. The finding is on the number.

    ## Why is this bad?
    It is a pinned version in two pieces. It is a warning because the two may have nothing to do with each other.

    ## Example
    ```python
    prompt = load("qualify-lead", version="1.1.0")
    ```

    ## Use instead
    ```python
    prompt = prompts.get("qualify-lead")
    ```
    """
    yield from _pinned(context, Form.SPLIT)


def _pinned(context: Context, form: Form) -> Iterator[Finding]:
    change, pins = context.change, pins_of(context)
    allowed = baseline_in_force(change)
    seen: Counter[tuple[str, str]] = Counter()
    for pin in pins.found:
        count, limit = (counts[key_of(change, pin)] for counts in (pins.counts, allowed))
        if pin.mention.form is form and count > limit:
            seen[pin.path, pin.mention.ref] += 1
            excess = f"; it stands here {count} times, and the baseline allows {limit}" if limit else ""
            yield _finding(pin, seen[pin.path, pin.mention.ref], excess)
    yield from _grown(context, form)


def _finding(pin: Pin, occurrence: int, excess: str) -> Finding:
    """`occurrence` tells equal findings of a file apart, so that none hides another where they are compared."""
    mention = pin.mention
    said = _SAID[mention.form].format(ref=mention.ref, name=mention.name, version=mention.version)
    message = said + excess + ("; the comment that allows it gives no reason" if pin.unreasoned else "")
    return problem(
        pin.path,
        message,
        span=Span(mention.line, mention.start + 1, mention.line, mention.end + 1),
        subject=mention.ref + (f" {occurrence}" if occurrence > 1 else ""),
        ref=mention.ref,
        hint=f"name {mention.name} alone; or allow it, in a comment: promptctl: allow {mention.rule} REASON",
    )


def _grown(context: Context, form: Form) -> Iterator[Finding]:
    path = context.change.layout.baseline
    for line in grown(context.change):
        span = Span(line.number, 1, line.number, 1)
        if line.key is None and form is Form.VERSION:
            hint = "write it anew: promptctl check --all --write-baseline"
            yield problem(path, "this line of the baseline cannot be read", span=span, subject="unreadable", hint=hint)
        elif line.key is not None and line.key.rule == f"hardcoded-{form.value}":
            message = f"the baseline may only shrink: {line.key.ref} in {line.key.path} is new in it"
            hint = f"mend the code, or allow it there, in a comment: promptctl: allow {line.key.rule} REASON"
            yield problem(path, message, span=span, subject=f"{line.key.ref} {line.key.path}", hint=hint)

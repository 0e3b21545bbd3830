"""What became of each ref of a push: a report about it, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promptctl.core.errors import PromptctlError, Refused
from promptctl.operations.lane import check_at_the_gate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from promptctl.core.report import Report
    from promptctl.operations.compared import Question


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one ref. `base_label` says in words what its base is; None leaves that to the answer."""

    question: Question
    base_label: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Either a report, or the error because of which there is none: the push is refused or cannot be judged."""

    ref: str
    report: Report | None = None
    error: PromptctlError | None = None

    @property
    def exit_code(self) -> int:
        if self.error is not None:
            return self.error.exit_code
        return int(self.report is not None and self.report.errors > 0)


def answer(ref: str, ask: Callable[[], Asked | None]) -> Answer | None:
    """The answer about one ref, or None where nothing is asked; its errors must not keep others from being judged."""
    try:
        asked = ask()
        if asked is None:
            return None
        report = check_at_the_gate(asked.question)
    except PromptctlError as error:
        return Answer(ref, error=error)
    return Answer(ref, replace(report, base_label=asked.base_label) if asked.base_label else report)


def worst(answers: Iterable[Answer]) -> int:
    """The exit code of a whole push: 1 where anything is wrong, else that of what could not be judged, else 0."""
    codes = {item.exit_code for item in answers}
    return Refused.exit_code if Refused.exit_code in codes else max(codes, default=0)


def refuse_deletion(branch: str) -> Refused:
    """A protected branch holds what is released."""
    message = f"{branch} is protected and may not be deleted"
    return Refused(message, hint="take it out of `protected` in promptctl.yaml first, in a change of its own")

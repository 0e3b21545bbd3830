"""The answer that an application gets: which version, why, and its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from promptctl.core.templates import render

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tally:
    """How often one version was given out for one reason. Lives as long as the resolver, through every reload."""

    __slots__ = ("n",)

    def __init__(self) -> None:
        self.n = 0


@dataclass(frozen=True, slots=True)
class Record:
    """What a request gets. `digest` is of the version file's bytes, as `promptctl resolve` prints it.

    `reason` is `tenant`, `flag:<key>`, `agent` or `default`; `config_commit` is None for a bundle that was made of
    uncommitted files. `stage` is the number of the step that the prompt's open rollout is at, None without one.
    `attributes` are what telemetry should carry. `warnings` say that the version or the flag is past its time.
    """

    ref: str
    name: str
    version: str
    digest: str
    behaviour: str
    reason: str
    environment: str
    config_commit: str | None
    text: str = field(repr=False)
    metadata: Mapping[str, Any] = field(repr=False)
    stage: int | None = field(default=None, repr=False)
    attributes: Mapping[str, str] = field(default_factory=dict, repr=False)
    warnings: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tally: Tally = field(default_factory=Tally, repr=False, compare=False)
    watched: bool = field(default=False, repr=False, compare=False)

    def render(self, values: Mapping[str, object] | None = None, /, **variables: object) -> str:
        """The text with its variables filled in, by the engine that the version names, as `promptctl render` does it.

        Raises MissingVariable, TemplateFault or EngineUnavailable of `promptctl.core.templates`.
        """
        return render(str(self.metadata.get("template") or "plain"), self.text, {**(values or {}), **variables})

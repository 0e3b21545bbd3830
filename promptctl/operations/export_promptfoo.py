"""What promptfoo is to run: a version, beside its baseline, on the tests of a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.errors import Refused, UsageError
from promptctl.evidence.nunjucks import NoNunjucks, nunjucks_text
from promptctl.export.promptfoo import Exported, config_text
from promptctl.operations.gate_subject import examined
from promptctl.rules.owed import models_for

if TYPE_CHECKING:
    from pathlib import Path

    from promptctl.operations.compared import Compared
    from promptctl.operations.gate_subject import Examined


class PromptfooConfig(NamedTuple):
    """The bytes of the configuration, and the providers that it names."""

    text: bytes
    providers: tuple[str, ...]


def promptfoo_config(
    views: Compared, ref: str, baseline: str | None, tests: Path, providers: tuple[str, ...], output: Path | None
) -> PromptfooConfig:
    """Raises UsageError for a version or a file that there is not, Refused for what promptfoo cannot render."""
    if not tests.is_file():
        raise UsageError(f"there is no file {tests}", hint="--tests takes tests in any form that promptfoo reads")
    version = examined(views, ref)
    other = examined(views, baseline) if baseline else None
    named = providers or _providers(views, version)
    compared = _exported(other) if other else None
    return PromptfooConfig(config_text(_exported(version), compared, _reference(views, tests, output), named), named)


def _providers(views: Compared, version: Examined) -> tuple[str, ...]:
    """What the policy says of the version's model, as far as that names providers and not patterns of such."""
    models = models_for(views.context, version.found.file) or ()
    return tuple(model for model in models if "*" not in model)


def _exported(version: Examined) -> Exported:
    file = version.found.file
    try:
        text = nunjucks_text(file.template, version.side.body)
    except NoNunjucks as error:
        message = f"promptfoo, which renders by Nunjucks, cannot render {version.ref}: {error}"
        raise Refused(
            message, hint="evaluate it by a command of your own, with {body}, and a generic result"
        ) from error
    settings = file.data.get("config")
    return Exported(
        str(version.ref),
        text,
        version.sha256,
        version.side.behaviour,
        settings if isinstance(settings, dict) else {},
    )


def _reference(views: Compared, tests: Path, output: Path | None) -> str:
    """The tests as promptfoo finds them: from the configuration's folder where both lie in the repository."""
    where, top = tests.resolve(), views.repository.top
    folder = output.resolve().parent if output is not None else None
    if folder is not None and folder.is_relative_to(top) and where.is_relative_to(top):
        return f"file://{os.path.relpath(where, folder)}"
    return f"file://{where}"

"""Which version a request would get from an environment, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, UsageError
from promptctl.core.selection import RegimeUnmet, Request, Step, UnknownPrompt, UnlistedTenant, resolve
from promptctl.operations.catalog import Catalog
from promptctl.operations.environments import choose_environment, config_commit, sound_environment

if TYPE_CHECKING:
    from collections.abc import Collection

    from promptctl.core.refs import Ref
    from promptctl.core.selection import Selected, Selection
    from promptctl.operations.compared import Compared
    from promptctl.tree.prompts import Numbered


@dataclass(frozen=True, slots=True)
class StepRow:
    """One place that was looked at, by the keys that lead to it; `ref` is what it selects, None where it is empty."""

    scope: str
    ref: str | None
    taken: bool
    why: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer. `digest` is of the file's bytes; `config_commit` is None where the configuration is uncommitted."""

    ref: str
    name: str
    version: str
    digest: str
    path: str
    environment: str
    reason: str
    steps: tuple[StepRow, ...]
    config_commit: str | None


def resolve_request(views: Compared, environment: str | None, request: Request) -> Resolution:
    """Raises UsageError for names that there are not, Refused where the environment answers no such request."""
    name = choose_environment(views, environment)
    selection = sound_environment(views, name).selection
    catalog = Catalog(views.change)
    selected = _select(catalog, selection, request)
    item = _existing(catalog, selected.ref)
    return Resolution(
        ref=str(selected.ref),
        name=selected.ref.name,
        version=selected.ref.version,
        digest=_digest(views, item),
        path=item.path,
        environment=name,
        reason=selected.reason,
        steps=tuple(_row(step) for step in selected.steps),
        config_commit=config_commit(views, name),
    )


def _select(catalog: Catalog, selection: Selection, request: Request) -> Selected:
    try:
        return resolve(selection, request, lambda ref: _regimes(catalog, ref))
    except UnknownPrompt as error:
        if request.wanted in catalog.prompts:
            raise Refused(str(error), hint=f"give {request.wanted} a default in {error.environment}") from error
        hint = f"did you mean {error.close}?" if error.close else "promptctl list shows the prompts"
        raise UsageError(str(error), hint=hint) from error
    except UnlistedTenant as error:
        raise Refused(str(error), hint=f"list {error.tenant} under `tenants`") from error
    except RegimeUnmet as error:
        raise Refused(str(error), hint=f"select a version whose `regimes` name {', '.join(error.missing)}") from error


def _existing(catalog: Catalog, ref: Ref) -> Numbered:
    prompt = catalog.prompts.get(ref.name)
    item = prompt.versions.get(ref.version) if prompt else None
    if item is None:
        raise Refused(f"{ref} is selected and does not exist", hint="promptctl check --all shows what is wrong")
    return item


def _regimes(catalog: Catalog, ref: Ref) -> Collection[str]:
    file = catalog.change.library.version(_existing(catalog, ref).entry)
    return [regime for regime in file.data.get("regimes") or () if isinstance(regime, str)]


def _digest(views: Compared, item: Numbered) -> str:
    import hashlib

    blob = views.change.library.blob(item.entry)
    return f"sha256:{hashlib.sha256((blob.data if blob else None) or b'').hexdigest()}"


def _row(step: Step) -> StepRow:
    return StepRow(".".join(step.scope), str(step.ref) if step.ref else None, step.taken, step.why)

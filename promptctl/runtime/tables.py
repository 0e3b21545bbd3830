"""Answers by tenant and by what is wanted: each is worked out once, by the one function that decides, and kept.

Kept are only answers that no other flag or targeting key could change, and only for tenants that the configuration
names; all others get the same answers, which are kept once. So the tables cannot outgrow the configuration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.selection import resolve
from promptctl.runtime.names import attributes
from promptctl.runtime.record import Record, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from promptctl.core.refs import Ref
    from promptctl.core.selection import Request, Selected
    from promptctl.runtime.bundle import Bundle, Version


class Tables:
    """The answers that one bundle gives. `today` is an ISO date; `heard`: every selection is an event.

    A reader takes `by_tenant.get(tenant, others).get(wanted)`, and `select` where that is None.
    """

    __slots__ = ("_flags", "_records", "_tallies", "bundle", "by_tenant", "heard", "others", "today")

    def __init__(
        self, bundle: Bundle, tallies: MutableMapping[tuple[str, str], Tally], today: str, *, heard: bool
    ) -> None:
        selection = bundle.selection
        named = (tenant for flag in selection.flags for tenant in flag.tenants or ())
        self.bundle = bundle
        self.today = today
        self.heard = heard
        self.others: dict[str, Record] = {}
        self.by_tenant: dict[str | None, dict[str, Record]] = {name: {} for name in (None, *selection.tenants, *named)}
        self._flags = {flag.key: flag for flag in selection.flags}
        self._records: dict[tuple[Ref, str], Record] = {}
        self._tallies = tallies

    def select(self, request: Request) -> Record:
        """The answer to any request. Raises UnknownPrompt, UnlistedTenant and RegimeUnmet."""
        selected = resolve(self.bundle.selection, request, self.bundle.regimes)
        key = (selected.ref, selected.reason)
        record = self._records.get(key)
        if record is None:
            record = self._records.setdefault(key, self._record(selected))
        if not self._depends(selected, request.tenant):
            self.by_tenant.get(request.tenant, self.others)[request.wanted] = record
        return record

    def _depends(self, selected: Selected, tenant: str | None) -> bool:
        """Whether the same tenant could get another answer with another key, or by passing other flags."""
        for step in selected.steps:
            flag = self._flags[step.scope[1]] if step.scope[0] == "flags" and len(step.scope) == 2 else None  # noqa: PLR2004
            if flag is None or not flag.enabled or (flag.tenants is not None and tenant not in flag.tenants):
                continue
            if flag.by_application or flag.percentage is not None:
                return True
        return False

    def _record(self, selected: Selected) -> Record:
        version = self.bundle.versions[selected.ref]
        commit = self.bundle.config_commit
        ref, environment = version.ref, selected.environment
        warnings = tuple(self._warnings(selected, version))
        return Record(
            ref=str(ref),
            name=ref.name,
            version=ref.version,
            digest=f"sha256:{version.sha256}",
            behaviour=version.behaviour,
            reason=selected.reason,
            environment=environment,
            config_commit=commit,
            text=version.text,
            metadata=version.metadata,
            stage=self.bundle.stages.get(ref.name),
            attributes=attributes(ref.name, ref.version, selected.reason, environment, commit),
            warnings=warnings,
            tally=self._tallies.setdefault((str(ref), selected.reason), Tally()),
            watched=self.heard or bool(warnings),
        )

    def _warnings(self, selected: Selected, version: Version) -> Iterator[tuple[str, str]]:
        if version.deprecated is not None:
            instead = version.deprecated.get("replacement")
            advice = "nothing replaces it" if instead in {None, "none"} else f"use {instead}"
            yield "deprecated", f"{version.ref} is deprecated; {advice}"
        key = selected.reason.removeprefix("flag:") if selected.reason.startswith("flag:") else None
        expires = self._flags[key].expires if key is not None else None
        if expires is not None and expires < self.today:
            yield "flag-expired", f"the flag {key} expired on {expires}, and still selects {version.ref}"

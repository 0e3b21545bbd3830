"""The rule that regulated tenants get only versions that are fit for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.findings import Severity
from promptctl.core.reach import reachable, selecting
from promptctl.core.text import plural
from promptctl.rules.base import rule
from promptctl.rules.environments import at, judged, known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.core.findings import Finding
    from promptctl.core.reach import Reached
    from promptctl.core.selection import Selection
    from promptctl.rules.base import Context


@rule("regime-unmet", family="regimes", severity=Severity.ERROR)
def regime_unmet(context: Context) -> Iterator[Finding]:
    """A tenant can get a version that is not fit for one of the tenant's regimes.

    ## What it does
    Compares the `regimes` of every tenant with those of every version that the tenant can get: by an override, by a
    flag that is on, by an agent's pin, by default.

    ## Why is this bad?
    The tenant's data reaches a prompt that nobody has cleared for it.

    ## Example
    ```yaml
    defaults:
      qualify-lead: {use: qualify-lead@1.1.0, because: Three weeks with globex.}   # regimes: []
    tenants:
      acme-health: {regimes: [hipaa]}
    ```

    ## Use instead
    ```yaml
    tenants:
      acme-health:
        regimes: [hipaa]
        prompts: {qualify-lead: qualify-lead@2.0.0}   # regimes: [hipaa]
    ```
    """
    for item in judged(context):
        selection = item.environment.selection
        groups = by_regimes(selection)
        for reached in selecting(selection):
            if not groups or not item.covers(reached.ref.name):
                continue
            tenants = list(_harmed(context, selection, reached, groups))
            if tenants:
                tenant, missing = tenants[0]
                more = f" and {plural(len(tenants) - 1, 'more tenant')}" if tenants[1:] else ""
                regimes = ", ".join(sorted(missing))
                message = f"{reached.ref} is not fit for {regimes}, and tenant {tenant}{more} can get it"
                hint = f"select a version whose `regimes` name {regimes}"
                yield at(item.environment, reached.scope, message, ref=reached.ref, hint=hint)


def by_regimes(selection: Selection) -> dict[frozenset[str], list[str]]:
    """The tenants that demand something, by what they demand: few different things, however many tenants."""
    found: dict[frozenset[str], list[str]] = {}
    for name, tenant in selection.tenants.items():
        if tenant.regimes:
            found.setdefault(tenant.regimes, []).append(name)
    return found


def _harmed(
    context: Context, selection: Selection, reached: Reached, groups: dict[frozenset[str], list[str]]
) -> Iterator[tuple[str, frozenset[str]]]:
    """The tenants that can get a version from this place, each with the regimes that the version lacks."""
    file = known(context).file(reached.ref)
    if file is None:
        return
    fit = {regime for regime in file.data.get("regimes") or () if isinstance(regime, str)}
    if reached.scope[0] == "tenants":
        regimes = selection.tenants[reached.scope[1]].regimes
        groups = {regimes: [reached.scope[1]]} if regimes else {}
    for regimes, tenants in groups.items():
        if missing := regimes - fit:
            yield from ((tenant, missing) for tenant in tenants if can_get(selection, reached, tenant))


def can_get(selection: Selection, reached: Reached, tenant: str) -> bool:
    """Whether a tenant can get a version from this place."""
    section = reached.scope[0]
    if section == "tenants":
        return True
    is_slot = section not in {"defaults", "flags"}
    wanted = f"{section}.{reached.scope[-1]}" if is_slot else reached.ref.name
    return any(one.scope == reached.scope for one in reachable(selection, wanted, tenant))

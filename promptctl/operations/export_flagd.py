"""The flag file of one environment, as one state of the repository gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.core.errors import Refused
from promptctl.core.reach import reachable
from promptctl.export.flagd import faults, flagd_bytes, flagd_document, notes
from promptctl.operations.export_bundle import environs

if TYPE_CHECKING:
    from promptctl.operations.compared import Compared
    from promptctl.operations.export_bundle import Environs


def make_flagd(views: Compared, name: str | None, *, with_text: bool) -> tuple[bytes, str | None, list[str]]:
    """The file, the commit that it is of, and what to know of it.

    Raises as `environs`, and Refused where a tenant would get what is not fit for its regimes: no client of flagd asks.
    """
    found = environs(views, name)
    selection = found.environment.selection
    _refuse_unfit(found)
    document = flagd_document(selection, found.versions, found.commit, with_text=with_text)
    wrong = faults(document)
    if wrong:
        raise Refused(wrong[0], hint="promptctl check --all shows what is wrong")
    return flagd_bytes(document), found.commit, notes(selection)


def _refuse_unfit(found: Environs) -> None:
    selection = found.environment.selection
    for tenant, entry in selection.tenants.items():
        if not entry.regimes:
            continue
        for wanted in sorted({*selection.names, *selection.slots}):
            for reached in reachable(selection, wanted, tenant):
                missing = entry.regimes.difference(found.versions[str(reached.ref)].metadata.get("regimes") or ())
                if missing:
                    message = f"{tenant} would get {reached.ref}, which is not fit for {', '.join(sorted(missing))}"
                    raise Refused(message, hint="promptctl check --all shows every such place")

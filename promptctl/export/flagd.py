"""The selection of an environment as a flag file for flagd: for those who serve prompts beyond one machine.

Every prompt and every slot is a flag. A variant is named `<version>/<reason>`, since flagd tells no reason of its own:
what it calls a match may be a tenant's override or a percentage. Rules stand inline and the file is ASCII alone, for
clients fail on shared rules with other letters. Percentages are hashed as strings, which the metadata say: clients of
another generation would put everybody into another bucket.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from promptctl.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promptctl.core.refs import Ref
    from promptctl.core.selection import Flag, Selection
    from promptctl.export.bundle import Exported

SCHEMA: Final = "https://flagd.dev/schema/v0/flags.json"
HASH: Final = "string"
MOST_NAMES: Final = 500  # in one list, which clients search from the front
_WHOLE: Final = 100
_TENANT: Final = {"var": "tenant"}
_KEY: Final = {"var": "targetingKey"}
_FLAGS: Final = {"var": ["flags", []]}
_IN: Final = "in"


def flagd_document(
    selection: Selection, versions: Mapping[str, Exported], config_commit: str | None, *, with_text: bool
) -> dict[str, Any]:
    """`versions` are those of a bundle, by name@version; `with_text` makes variants of reference, digest and text."""
    metadata: dict[str, Any] = {"flagSetId": selection.environment, "fractional": HASH}
    if config_commit is not None:
        metadata["version"] = config_commit
    wanted = sorted({*selection.names, *selection.slots})
    flags = {name: _Flagged(selection, name).document(versions if with_text else None) for name in wanted}
    served = {name: flag for name, flag in flags.items() if flag["variants"]}  # flagd takes none without
    return {"$schema": SCHEMA, "metadata": metadata, "flags": served}


def flagd_bytes(document: Mapping[str, Any]) -> bytes:
    """Sorted keys and ASCII alone."""
    return (json.dumps(document, indent=1, sort_keys=True, allow_nan=False) + "\n").encode("ascii")


class _Flagged:
    """One prompt or slot on its way to a flag: the rules, in order, and the variants that they name."""

    def __init__(self, selection: Selection, wanted: str) -> None:
        pin = selection.slots.get(wanted)
        self.selection = selection
        self.wanted = wanted
        self.name = pin.name if pin else wanted
        self.pinned = pin.ref if pin else None
        self.variants: dict[str, Ref] = {}

    def document(self, versions: Mapping[str, Exported] | None) -> dict[str, Any]:
        rules = [*self._guard(), *self._overrides()]
        last: str | None = None
        for flag in self.selection.flags_of.get(self.name, ()):
            condition = _condition(flag)
            if condition is None:
                continue
            variant = self._variant(flag.use, f"flag:{flag.key}")
            if condition is True:
                last = variant
                break
            rules += [condition, variant]
        else:
            last = self._otherwise()
        found: dict[str, Any] = {
            "state": "ENABLED",
            "defaultVariant": None if self.selection.refuses_unlisted else last,
            "variants": {key: _value(ref, versions) for key, ref in sorted(self.variants.items())},
            "metadata": {"prompt": self.name},
        }
        if rules:
            found["targeting"] = {"if": [*rules, last]}
        return found

    def _guard(self) -> Iterator[Any]:
        """A tenant that is not listed gets no variant: the caller's default, which must be none of ours."""
        if self.selection.refuses_unlisted:
            listed = {"in": [_TENANT, sorted(self.selection.tenants)]}
            yield {"and": [{"!==": [_TENANT, None]}, {"!": [listed]}]}
            yield None

    def _overrides(self) -> Iterator[Any]:
        """The tenants that have an override, by version; an override of the slot counts before one of the prompt."""
        by_ref: dict[Ref, list[str]] = {}
        for name, tenant in self.selection.tenants.items():
            ref = tenant.overrides.get(self.wanted) or tenant.overrides.get(self.name)
            if ref is not None:
                by_ref.setdefault(ref, []).append(name)
        for ref in sorted(by_ref, key=str):
            yield {"in": [_TENANT, sorted(by_ref[ref])]}
            yield self._variant(ref, "tenant")

    def _otherwise(self) -> str | None:
        default = self.selection.defaults.get(self.name)
        if self.pinned is not None:
            return self._variant(self.pinned, "agent")
        return None if default is None else self._variant(default, "default")

    def _variant(self, ref: Ref, reason: str) -> str:
        # A slot may be given versions of another prompt, which a rule reports: then the name alone tells them apart.
        number = ref.version if ref.name == self.name else str(ref)
        key = f"{number}/{reason}"
        self.variants[key] = ref
        return key


def _condition(flag: Flag) -> Any:
    """When a flag matches: a rule, True for always, None for never."""
    if not flag.enabled or flag.percentage == 0:
        return None
    parts: list[Any] = []
    if flag.by_application:
        parts.append({"in": [flag.key, _FLAGS]})
    if flag.tenants is not None:
        parts.append({"in": [_TENANT, sorted(flag.tenants)]})
    if flag.percentage is not None:
        parts.append({"!==": [_KEY, None]})
        if flag.percentage < _WHOLE:
            shares = [[_IN, flag.percentage], ["out", _WHOLE - flag.percentage]]
            parts.append({"===": [{"fractional": [{"cat": [flag.key, _KEY]}, *shares]}, _IN]})
    if not parts:
        return True
    return parts[0] if len(parts) == 1 else {"and": parts}


def _value(ref: Ref, versions: Mapping[str, Exported] | None) -> Any:
    if versions is None:
        return str(ref)
    item = versions[str(ref)]
    return {"ref": str(ref), "digest": f"sha256:{item.sha256}", "text": item.text}


def faults(document: Mapping[str, Any]) -> list[str]:
    """What the schema of flagd lets pass, and no client can serve."""
    found: list[str] = []
    for name, flag in document["flags"].items():
        results = list(_results(flag.get("targeting")))
        named = [*results, flag["defaultVariant"]]
        missing = sorted({variant for variant in named if variant is not None} - flag["variants"].keys())
        found += [f"{name}: there is no variant {variant}" for variant in missing]
        if not flag["variants"]:
            found.append(f"{name}: nobody can get any version")
    return found


def _results(targeting: Any) -> Iterator[str | None]:
    branches = targeting["if"] if targeting else []
    yield from branches[1::2]
    if len(branches) % 2:
        yield branches[-1]


def notes(selection: Selection) -> list[str]:
    """What serves, and will trouble whoever runs it."""
    shared = [flag.key for flag in selection.flags if flag.enabled and flag.percentage not in {None, 0, _WHOLE}]
    found = [f"percentages are hashed as `{HASH}`: clients that hash otherwise put users elsewhere"] if shared else []
    found += [
        f"the flag {key} has letters beyond ASCII and a percentage: clients in JavaScript put users elsewhere"
        for key in shared
        if not key.isascii()
    ]
    found += [
        f"the flag {flag.key} lists {plural(len(flag.tenants or ()), 'tenant')}: clients search them in turn"
        for flag in selection.flags
        if len(flag.tenants or ()) > MOST_NAMES
    ]
    overridden = sum(bool(tenant.overrides) for tenant in selection.tenants.values())
    if overridden > MOST_NAMES:
        found.append(f"{plural(overridden, 'tenant')} have overrides: clients search them in turn")
    return found

"""Every bypass that is known, in the order of the threat model."""

from __future__ import annotations

from tests.bypass import branches, contents, machines, manifests, names, objects, policies

FAMILIES = (
    contents.family,
    names.family,
    objects.family,
    branches.family,
    policies.family,
    manifests.family,
    machines.family,
)
EVERY = [bypass for family in FAMILIES for bypass in family.bypasses]

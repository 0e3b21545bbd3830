"""Names of rules that a policy may already mention, although this version does not ask them.

A name leaves this list when its rule joins the registry.
"""

from __future__ import annotations

RESERVED: frozenset[str] = frozenset()

"""Which names some file systems take for one: equal but for case, Unicode normal form, or characters they ignore."""

import unicodedata
from functools import lru_cache

# What HFS+ leaves out when it compares names; git knows the same list, for names that it would not see as `.git`.
_IGNORED = dict.fromkeys(
    [*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF],
)


@lru_cache(maxsize=65536)
def folded(name: str) -> str:
    """One form for all names that count as equal."""
    if name.isascii():
        return name.lower()
    plain = name.translate(_IGNORED)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", plain).casefold())

"""Which names some file systems take for one: equal but for case, Unicode normal form, or characters they ignore."""

import re
import unicodedata
from functools import lru_cache

# What HFS+ leaves out when it compares names; git knows the same list, for names that it would not see as `.git`.
_IGNORED = dict.fromkeys(
    [*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF],
)
_STEM, _SUFFIX = 8, 3  # characters of a name that needs no short one on Windows


@lru_cache(maxsize=65536)
def folded(name: str) -> str:
    """One form for all names that count as equal."""
    if name.isascii():
        return name.lower()
    plain = name.translate(_IGNORED)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", plain).casefold())


def is_short_name(text: str, name: str) -> bool:
    """Whether Windows may have `text` for another name of what is called `name`, as `PROMPT~1` for `prompt-templates`.

    Which number it gives depends on what else there is, so any counts.
    """
    stem, _, suffix = name.rpartition(".") if "." in name else (name, "", "")
    if len(stem) <= _STEM and len(suffix) <= _SUFFIX:
        return False  # short enough to have no other name
    end = re.escape("." + suffix[:_SUFFIX]) if suffix else ""
    return re.fullmatch(rf"{re.escape(stem[:6])}~[0-9]+{end}", text, re.IGNORECASE | re.ASCII) is not None

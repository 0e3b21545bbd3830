"""The words that a slip of the keyboard makes of other words, for `promptctl/bump/prose/real_words.txt`.

`python scripts/similar_words.py WORDS`, where WORDS has one word a line: `american-english-small` of Debian's package
wamerican-small. It is run by hand, after a change of what counts as a slip.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from promptctl.bump.prose import spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TARGET = Path(spelling.__file__).with_name("real_words.txt")
_WORD = re.compile(r"[a-z]{3,}")
_LONG = 8  # letters of a word in which two slips may stand
_HEADER = """\
# Words that one slip of the keyboard makes of other words, so that neither is a misspelling of the other.
# Made by scripts/similar_words.py from SCOWL (http://wordlist.sourceforge.net), size 35, American:
# Copyright 2000-2011 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell these word lists, the
# associated scripts, the output created from the scripts, and its documentation for any purpose is hereby granted
# without fee, provided that the above copyright notice appears in all copies and that both that copyright notice and
# this permission notice appear in supporting documentation. Kevin Atkinson makes no representations about the
# suitability of this array for any purpose. It is provided "as is" without express or implied warranty.
"""


def similar(words: Iterable[str]) -> set[str]:
    """Every word that another one is a slip of, and no form of."""
    near = defaultdict(list)
    for word in words:
        for trace in _traces(word):
            near[trace].append(word)
    pairs = {pair for group in near.values() for pair in combinations(sorted(group), 2)}
    return {word for pair in pairs if _is_slip(*pair) for word in pair}


def _traces(word: str) -> set[str]:
    """What a word shares with all that are a slip of it: what is left without a letter or two, or its letters."""
    found = {word, *_shortened(word)}
    if len(word) >= _LONG:
        found |= {less for one in found for less in _shortened(one)}
    return {*found, f"={''.join(sorted(word))}"}


def _shortened(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _is_slip(one: str, other: str) -> bool:
    if spelling.is_inflected(one, other):
        return False
    return spelling.is_near(one, other) or spelling.is_near(other, one)


if __name__ == "__main__":
    listed = Path(sys.argv[1]).read_text(encoding="utf-8").split()
    rows = wrap(" ".join(sorted(similar(word for word in listed if _WORD.fullmatch(word)))), 120)
    TARGET.write_text(_HEADER + "\n".join(rows) + "\n", encoding="utf-8")

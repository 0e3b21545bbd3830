"""The tokens of a line of prose: words, and what must not be touched without being meant."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from promptctl.bump.prose.lexicon import GRAMMAR, MEANING, STUTTERS
from promptctl.bump.prose.lines import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promptctl.bump.prose.lines import Line

# What stands before the text of a block: quotes, an alert, a heading, a bullet or a number.
_MARKERS = re.compile(
    r"(?:>\s*)*(?:\[![A-Z]+\]\s*$)?(?:#{1,6}(?=[\s\w]|$)\s*)?(?:(?:[-*+\u2022]|\d{1,2}[.)])(?:\s+|$))?(?:>\s*)*"
)
_TAGS = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\$\{[^{}]*\}|\{[A-Za-z_][\w.:-]*\}|</?[A-Za-z!][^<>]*>")
_KEY = re.compile(r"""(?<=["'])[A-Za-z_][\w-]*(?=["']\s*:)""")  # of JSON: programs read it
_EMPHASIS = re.compile(r"(?<![\w`/.])_([^\W\d_]+)_(?!\w)")
_PADDED = re.compile(r"(?<=\{\{)\s+|\s+(?=\}\})")
_EDGE = r"\s\"'`(),;!?\[\]{}<>*|"
_FIXED = re.compile(
    rf"""
      [a-z][a-z0-9+.-]*://[^{_EDGE}]+
    | [^{_EDGE}:]*[\d_/\\@$=][^{_EDGE}]*          # numbers, paths, names with an underscore
    | \b[a-z]+[A-Z]\w*                            # camelCase
    | \b[a-z]\w+\.[a-z]\w*\b                      # file.ext
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
# Signs that are no punctuation; of those beyond ASCII arrows, mathematics, dingbats and pictures.
# A star or a dash that stands between two operands is no marker.
_SYMBOL = re.compile(
    r"(?<=[\w)\]}] )(?:\*{1,2}(?= [\w({\[])|-(?= \d))|(?<=\d)\*{1,2}(?=\d)"
    r"|[<>=%$&|~^+{}\[\]\\/#@\u2190-\u2bff\U0001f000-\U0001faff]"
)
# What is not the same within quotes as without them, and where such a value of JSON or YAML may stand.
_SCALAR = re.compile(r"true|false|null|none|yes|no|on|off|[+-]?\.?\d.*", re.IGNORECASE)
_BEFORE_VALUE = re.compile(r"(?:^|[:,\[{])\s*[\"']\Z")
_REACH = 8  # characters before a value that are looked at
_LONGEST_ACRONYM = 5
_FIRST_FOREIGN = "\u0250"
_STOP = re.compile(r"[.:!?]")
_CODE_SPAN = re.compile(r"(?<!`)`++([^`]++)`++")
_PATTERN = "|".join(
    (
        f"(?P<tag>{_TAGS.pattern})",
        rf"(?P<key>{_KEY.pattern})",
        f"(?P<fixed>(?x:{_FIXED.pattern}))",
        f"(?P<word>{_WORD.pattern})",
        f"(?P<symbol>{_SYMBOL.pattern})",
    )
)
_TOKEN = re.compile(_PATTERN)
_TOKEN_OF_JSON = re.compile(f"{_PATTERN}|(?P<quote>[\"'])")


class Token(NamedTuple):
    """`key` is what is compared; a token that is not `free` may not be respelled at all, a name hardly."""

    key: str
    free: bool
    is_name: bool = False
    is_shouted: bool = False


def tokens_of(lines: Iterable[Line]) -> list[Token]:
    """The tokens of prose, without repeated words; indentation is one where it carries meaning."""
    found: list[Token] = []
    for line in lines:
        if line.kind is Kind.FENCE:
            found += [Token(line.text, free=False)] if line.text else []
        else:
            found += _of_line(line.indent if line.kind is Kind.YAML else 0, line.text)
    return found


@lru_cache(maxsize=2_000)  # some lines stand in a prompt many times
def _of_line(indent: int, text: str) -> list[Token]:
    margin = [Token(" " * indent, free=False)] if indent else []
    return margin + _without_repeats(_of_text(text))


def _without_repeats(tokens: Iterable[Token]) -> list[Token]:
    found: list[Token] = []
    for token in tokens:
        if found and _repeats(found[-1], token):
            found.pop()
        found.append(token)
    return found


def _repeats(before: Token, token: Token) -> bool:
    return before.free and token.free and (before.key == token.key or (before.key, token.key) in STUTTERS)


def _of_text(line: str) -> Iterator[Token]:
    start = _MARKERS.match(line)
    text = _EMPHASIS.sub(r"\1", line[start.end() :] if start else line)
    if not text.strip("="):  # a line under a heading
        return
    keys = bool(_KEY.search(text))
    code = [match.span(1) for match in _CODE_SPAN.finditer(text)]
    end = place = 0
    for match in (_TOKEN_OF_JSON if keys else _TOKEN).finditer(text):
        while place < len(code) and code[place][1] <= match.start():
            place += 1
        in_code = place < len(code) and code[place][0] <= match.start()
        if _is_quoted_scalar(match):
            yield Token(f'"{match[0]}"', free=False)
        else:
            starts_sentence = not end or bool(_STOP.search(text, end, match.start()))
            yield _token(match, in_code=in_code, starts_sentence=starts_sentence)
        end = match.end()


def _is_quoted_scalar(match: re.Match[str]) -> bool:
    """Whether the quotes around it make a string of what was a number, a truth value or nothing."""
    text, start = match.string, match.start()
    if text[match.end() : match.end() + 1] not in ("'", '"') or not _SCALAR.fullmatch(match[0]):
        return False
    return bool(_BEFORE_VALUE.search(text[max(start - _REACH, 0) : start]))


def _token(match: re.Match[str], *, in_code: bool, starts_sentence: bool) -> Token:
    text = match[0]
    if match.lastgroup != "word":
        return Token(_PADDED.sub("", text).rstrip(".:-"), free=False)
    key = text.replace("'", "").casefold()
    if text.isupper() and len(text) > 1 and (len(text) > _LONGEST_ACRONYM or key in MEANING or key in GRAMMAR):
        key = text  # to shout a word is to weigh it differently; an acronym is not shouted
    is_latin = all(letter < _FIRST_FOREIGN for letter in key)  # elsewhere one letter may be a word
    return Token(
        key, free=is_latin and not in_code, is_name=text.istitle() and not starts_sentence, is_shouted=text.isupper()
    )

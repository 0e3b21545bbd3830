"""The tags of a handlebars body and the tokens in them, by the lexer of handlebars.js 4.7 (its handlebars.l).

All repetition is possessive or ends at the first find, so that no body takes more than linear time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from promptctl.core.templates.model import TemplateFault

if TYPE_CHECKING:
    from collections.abc import Iterator

# What JavaScript calls white space, and what a name may be made of.
_S: Final = r"[\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
_NAME: Final = r"""[^\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff!"#%-,./;->@\[-^`{-~]++"""
_ENDS_NAME: Final = rf"(?=[=~}}/.)|]|{_S})"
_ENDS_LITERAL: Final = rf"(?=[~}})]|{_S})"

# Each in the order of the lexer's rules; of two that match, the first one counts.
_OPENER: Final = re.compile(
    rf"""
      (?P<raw>\{{\{{\{{\{{)
    | (?P<partial>\{{\{{~?>)
    | (?P<partial_block>\{{\{{~?\#>)
    | (?P<block>\{{\{{~?\#(?P<decorator>\*)?)
    | (?P<end>\{{\{{~?/)
    | (?P<otherwise>\{{\{{~?(?:\^|{_S}*+else){_S}*+~?\}}\}})
    | (?P<inverse>\{{\{{~?\^)
    | (?P<chain>\{{\{{~?{_S}*+else(?![A-Za-z0-9_]))
    | (?P<unescaped>\{{\{{~?\{{)
    | (?P<long_comment>\{{\{{~?!--)
    | (?P<comment>\{{\{{~?!)
    | (?P<value>\{{\{{~?[&*]?)
    """,
    re.VERBOSE,
)
_TOKEN: Final = re.compile(
    rf"""
      (?P<open>\()
    | (?P<shut>\))
    | (?P<close>\}}\}}\}}\}} | \}}~?\}}\}} | ~?\}}\}})
    | (?P<equals>=)
    | (?P<name>\.\. | \.{_ENDS_NAME})
    | (?P<step>[/.])
    | (?P<space>{_S}++)
    | (?P<string>"(?:\\"|[^"])*" | '(?:\\'|[^'])*')
    | (?P<data>@)
    | (?P<literal>(?:true|false|undefined|null|-?[0-9]++(?:\.[0-9]++)?){_ENDS_LITERAL})
    | (?P<params>as{_S}++\|)
    | (?P<bar>\|)
    | (?P<word>{_NAME}{_ENDS_NAME})
    | (?P<quoted>\[(?:\\\]|[^\]])*\])
    """,
    re.VERBOSE,
)
_LONG_COMMENT_END: Final = re.compile(r"--~?\}\}")
_CLOSER: Final = {"raw": "}}}}", "unescaped": "}}}"}
_RAW_MARK: Final = re.compile(rf"\{{\{{\{{\{{(?:/(?P<name>{_NAME})\}}\}}\}}\}}|(?P<nested>[^/]))")
_UNESCAPED_AGAIN: Final = re.compile(r"\\{0,2}\{\{")


class Token(NamedTuple):
    """A token of a tag; `start` counts characters in the body."""

    kind: str
    text: str
    start: int


class Tag(NamedTuple):
    """A tag without its braces; `kind` is the name of a group of the opener."""

    kind: str
    start: int
    tokens: tuple[Token, ...]


def tags(body: str) -> Iterator[Tag]:
    """Yield every tag but comments; the end of a raw block is one of kind `raw_end`.

    Raises:
        TemplateFault: a tag or comment is not closed, or holds what no tag may hold.
    """
    place = _next_tag(body, 0)
    while place < len(body):
        match = _OPENER.match(body, place)
        if match is None:  # cannot be: the last alternative takes any two braces
            raise TemplateFault("this tag cannot be read", place)
        kind, end = str(match.lastgroup), match.end()
        if kind in {"comment", "long_comment"}:
            end = _end_of_comment(body, place, kind)
        elif kind == "otherwise":
            yield Tag(kind, place, ())
        else:
            tokens, end = _tokens(body, place, end, _CLOSER.get(kind, "}}"))
            yield Tag("decorator" if match["decorator"] or match[0].endswith("*") else kind, place, tokens)
            if kind == "raw":
                tag, end = _raw_end(body, place, end)
                yield tag
        place = _next_tag(body, end)


def _next_tag(body: str, start: int) -> int:
    r"""Where the next tag opens; `\{{` makes text of the tag, and of all up to the next one, `\\{{` does not."""
    place = body.find("{{", start)
    while place > start and body[place - 1] == "\\" and body[max(start, place - 2) : place] != "\\\\":
        again = _UNESCAPED_AGAIN.search(body, place + 2)
        if again is None:
            return len(body)
        start = again.start()
        place = body.find("{{", start)
    return place if place >= 0 else len(body)


def _end_of_comment(body: str, start: int, kind: str) -> int:
    end = _LONG_COMMENT_END.search(body, start) if kind == "long_comment" else re.compile(r"\}\}").search(body, start)
    if end is None:
        raise TemplateFault("this comment is never closed", start)
    return end.end()


def _tokens(body: str, start: int, place: int, closer: str) -> tuple[tuple[Token, ...], int]:
    """Return the tokens of the tag that opens at `start`, and the place behind it."""
    found: list[Token] = []
    while match := _TOKEN.match(body, place):
        kind, place = str(match.lastgroup), match.end()
        if kind == "close":
            if match[0].replace("~", "") != closer:
                raise TemplateFault(f"this tag must end with {closer}, not with {match[0]}", start)
            return tuple(found), place
        if kind != "space":
            found.append(Token(kind, match[0], match.start()))
    if place == len(body):
        raise TemplateFault("this tag is never closed", start)
    raise TemplateFault(f"{body[place]!r} has no place in a tag", place)


def _raw_end(body: str, start: int, place: int) -> tuple[Tag, int]:
    """Return the end of a raw block, which may hold others, as a tag."""
    depth = 1
    while match := _RAW_MARK.search(body, place):
        depth += 1 if match["nested"] else -1
        if not depth:
            name = Token("word", match["name"], match.start("name"))
            return Tag("raw_end", match.start(), (name,)), match.end()
        place = match.start() + 4 if match["nested"] else match.end()
    raise TemplateFault("this raw block is never closed", start)

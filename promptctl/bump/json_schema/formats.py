"""The formats of strings, as far as they can be told for sure: members, and strings that are none."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from typing import TYPE_CHECKING, Final

from promptctl.bump.json_schema import ecma

if TYPE_CHECKING:
    from collections.abc import Callable

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])")
_ALMOST_TIME = re.compile(r".*:.*:.*", re.DOTALL)
_DURATION = re.compile(r"P([0-9]+D|[0-9]+W|T[0-9]+H|T[0-9]+M|T[0-9]+S)")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL}){{0,5}}")
_MAIL = re.compile(rf"[A-Za-z0-9]+([._-][A-Za-z0-9]+){{0,5}}@{_LABEL}(\.{_LABEL}){{1,5}}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_URI = re.compile(rf"(https?|ftp)://{_LABEL}(\.{_LABEL}){{0,5}}(/[A-Za-z0-9_-]*){{0,9}}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PATH = re.compile(r"(/?[A-Za-z0-9_-]+){0,9}")
_POINTER = re.compile(r"(/([^~/]|~[01])*)*")


def _date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _time(text: str) -> bool | None:
    if _TIME.fullmatch(text):
        return True
    return None if _ALMOST_TIME.fullmatch(text) else False


def _date_time(text: str) -> bool | None:
    if len(text) < len("2000-01-01T00:00:00Z") or text[10] not in "Tt ":
        return False
    if not _date(text[:10]):
        return False
    return _time(text[11:]) if text[10] == "T" else None


def _ip_v4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _ip_v6(text: str) -> bool | None:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return None if "%" in text else True


def _uuid(text: str) -> bool:
    return bool(_UUID.fullmatch(text))


def _email(text: str) -> bool | None:
    return True if _MAIL.fullmatch(text) else (None if "@" in text else False)


def _host(text: str) -> bool | None:
    if _HOST.fullmatch(text):
        return True
    return False if not text or any(mark in text for mark in " /@") else None


def _uri(text: str) -> bool | None:
    if _URI.fullmatch(text):
        return True
    return None if _SCHEME.match(text) and " " not in text else False


def _reference(text: str) -> bool | None:
    if _PATH.fullmatch(text) or _URI.fullmatch(text):
        return True
    return False if " " in text else None


def _pointer(text: str) -> bool:
    return bool(_POINTER.fullmatch(text))


def _regex(text: str) -> bool | None:
    if ecma.parse(text) is not None:
        return True
    return False if text in {"(", "[", "*", ")"} else None


def _duration(text: str) -> bool | None:
    if _DURATION.fullmatch(text):
        return True
    return None if text.startswith("P") else False


FORMATS: Final[dict[str, Callable[[str], bool | None]]] = {
    "date": _date,
    "date-time": _date_time,
    "duration": _duration,
    "email": _email,
    "hostname": _host,
    "idn-email": _email,
    "idn-hostname": _host,
    "ipv4": _ip_v4,
    "ipv6": _ip_v6,
    "iri": _uri,
    "iri-reference": _reference,
    "json-pointer": _pointer,
    "regex": _regex,
    "time": _time,
    "uri": _uri,
    "uri-reference": _reference,
    "uuid": _uuid,
}
"""For each format that is judged, whether a string has it; None where readings of the format part."""

SAMPLES: Final = (
    "2026-01-31",
    "2026-01-31T12:00:00Z",
    "12:00:00Z",
    "P1D",
    "ann@example.com",
    "example.com",
    "192.0.2.1",
    "2001:db8::1",
    "https://example.com/a",
    "/a",
    "123e4567-e89b-12d3-a456-426614174000",
    "not a member",
    "(",
)
"""At least one member of every format, and one that is none."""

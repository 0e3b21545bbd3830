"""Bytes to text, and the reasons why bytes are no text file that promptctl reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promptctl.tree.faults import Fault

if TYPE_CHECKING:
    from promptctl.core.entries import Blob, Entry

MAX_BYTES = 1024 * 1024
MOST_BYTES = 16 * MAX_BYTES  # what is read at all: a configuration of thousands of tenants is larger than any prompt
_BOM = b"\xef\xbb\xbf"


def read_text(entry: Entry, blob: Blob | None, limit: int = MAX_BYTES) -> tuple[str | None, tuple[Fault, ...]]:
    """The text of a file, with what is wrong about its bytes; no text where nothing can be said about its content.

    A carriage return is a fault that leaves the text readable.
    """
    if not entry.is_regular:
        return None, (_fault(f"{entry.kind}, not a regular file (mode 100644)", hint=_mode_hint(entry)),)
    if blob is None or blob.data is None or blob.size > limit:
        size = f"{blob.size:,} bytes" if blob else "too many bytes"
        return None, (_fault(f"{size}; such a file may have at most {limit:,}"),)
    if blob.data.startswith(_BOM):
        return None, (_fault("starts with a byte order mark (BOM)", hint="save the file as UTF-8 without BOM"),)
    try:
        text = blob.data.decode("utf-8")
    except UnicodeDecodeError as error:
        offset = len(blob.data[: error.start].decode("utf-8"))
        shown = blob.data[: error.start].decode("utf-8")
        return None, (_undecodable(shown, offset, error),)
    return text, _carriage_returns(text)


def _undecodable(before: str, offset: int, error: UnicodeDecodeError) -> Fault:
    line = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1) + 1
    byte = error.object[error.start]
    return _fault(f"not UTF-8: byte 0x{byte:02x} at line {line}, column {column}", hint="save the file as UTF-8")


def _carriage_returns(text: str) -> tuple[Fault, ...]:
    first = text.find("\r")
    if first < 0:
        return ()
    count = text.count("\r")
    times = "once" if count == 1 else f"{count} times"
    hint = "save the file with LF line ends; `promptctl init` pins them in .gitattributes"
    return (Fault("unreadable-file", f"has a carriage return ({times})", first, first + 1, "carriage-return", hint),)


def _mode_hint(entry: Entry) -> str | None:
    return "chmod -x the file, or git update-index --chmod=-x" if entry.mode == "100755" else None


def _fault(message: str, *, hint: str | None = None) -> Fault:
    return Fault("unreadable-file", message, 0, 0, "", hint)

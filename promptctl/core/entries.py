"""What git stores at a path: a mode and an object id, which together with the path are a file's identity."""

from __future__ import annotations

from dataclasses import dataclass

REGULAR = "100644"
EXECUTABLE = "100755"
_KINDS = {
    REGULAR: "a regular file",
    "100664": "a regular file with an unusual mode",
    EXECUTABLE: "an executable file",
    "120000": "a symbolic link",
    "160000": "a submodule",
    "040000": "a folder",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """`mode` as git prints it (six octal digits), `oid` the full object id."""

    mode: str
    oid: str

    @property
    def kind(self) -> str:
        return _KINDS.get(self.mode, f"an entry of mode {self.mode}")

    @property
    def is_regular(self) -> bool:
        return self.mode == REGULAR


@dataclass(frozen=True, slots=True)
class Blob:
    """The bytes of an object, or only its size where it is too large to be worth reading."""

    size: int
    data: bytes | None

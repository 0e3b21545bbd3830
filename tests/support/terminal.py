"""Runs the command line at a terminal, and looks for what a terminal would obey."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata
from typing import TYPE_CHECKING

from promptctl.core.hidden import BIDI_CONTROLS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_COMMANDS = frozenset({"Cc", "Zl", "Zp", "Cs"})
_BIDI = re.compile(f"[{BIDI_CONTROLS}]")


def run_at_terminal(
    folder: Path, *arguments: str, columns: int = 100, environment: Mapping[str, str] | None = None, typed: bytes = b""
) -> tuple[int, str]:
    """Exit code and everything that a terminal of that width was sent."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    inherited = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "promptctl", *arguments],
        cwd=folder,
        env={**inherited, "TERM": "xterm", **(environment or {})},
        stdin=child,
        stdout=child,
        stderr=child,
    )
    os.close(child)
    os.write(parent, typed)
    sent = b""
    try:
        while piece := os.read(parent, 65_536):
            sent += piece
    except OSError:
        pass  # how Linux says that the other side is closed
    os.close(parent)
    return process.wait(), sent.decode().replace("\r\n", "\n")


def without_styles(text: str) -> str:
    """The text without the colours and weights that a terminal was asked for."""
    return _STYLE.sub("", text)


def commands_in(text: str) -> set[str]:
    """The characters that a terminal would obey or that would turn text around; line feeds and tabs are fine."""
    controls = {letter for letter in set(text) - {"\n", "\t"} if unicodedata.category(letter) in _COMMANDS}
    return controls | set(_BIDI.findall(text))

"""The entry point: runs the application and turns every way it can end into an exit code."""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import TYPE_CHECKING

from promptctl.core.errors import PromptctlError, Undecided

if TYPE_CHECKING:
    from typing import NoReturn, TypeGuard

BUG = 70
_INTERRUPTED = 130
_BROKEN_PIPE = 141
_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE}
_SPOKEN = (["check", "--staged"], ["hook", "run"])  # what hooks say, word for word
# New objects before a collection: a command makes few cycles, and what it reads is needed to its end. A rollback among
# ten thousand tenants takes 70 MB in all, without one.
_GARBAGE = 1_000_000


def main() -> NoReturn:
    """Run the command line and exit: 0 fine, 1 findings or refused, 2 usage, 3 undecided, 70 a bug of ours."""
    gc.set_threshold(_GARBAGE)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    code = _run()
    gc.freeze()  # the system takes back what a command has read faster than a last collection does
    sys.exit(code)


def _run() -> int:
    try:
        return _answer(sys.argv[1:])
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except PromptctlError as error:
        from promptctl.cli.console import print_error

        print_error(error.message, error.hint)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return _BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the outermost layer: a bug must not look like an answer
        return _report_machine(error) if _is_machine(error) else _report_bug()


def _answer(arguments: list[str]) -> int:
    if arguments in _SPOKEN:
        from promptctl.cli.staged import answer

        code = answer(arguments)
        if code is not None:
            return code
    from promptctl.cli.app import app

    app(prog_name="promptctl")
    return 0


def _is_machine(error: Exception) -> TypeGuard[OSError]:
    """Whether the disk is full, or may not be written: no fault of ours, and no answer either."""
    return isinstance(error, OSError) and error.errno in _MACHINE


def _report_machine(error: OSError) -> int:
    from promptctl.cli.console import print_error

    where = f": {error.filename2 or error.filename}" if error.filename else ""
    print_error(f"{error.strerror}{where}", "make room, or point TMPDIR at a place that can be written")
    return Undecided.exit_code


def _silence_stdout() -> None:
    """The reader is gone: whatever is left in the buffer must not raise again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report_bug() -> int:
    import tempfile
    import traceback

    from promptctl import __version__
    from promptctl.cli.console import print_error

    text = traceback.format_exc()
    try:
        with tempfile.NamedTemporaryFile("w", prefix="promptctl-bug-", suffix=".txt", delete=False) as file:
            file.write(f"promptctl {__version__}, Python {sys.version}\n{sys.argv!r}\n\n{text}")
        where = f"the traceback is in {file.name}; please report it"
    except OSError:
        where = text
    print_error(f"promptctl {__version__} has a bug: {text.strip().splitlines()[-1]}", where)
    return BUG

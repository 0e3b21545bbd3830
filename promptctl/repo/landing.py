"""Moves the checked out branch to a commit that was made elsewhere, with the index and the work tree for its files.

The three cannot move at once, so it is one short program that a killed promptctl leaves running to its end.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from promptctl.core.errors import Refused, Undecided
from promptctl.repo.git import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promptctl.repo.drafting import Draft
    from promptctl.repo.repository import Repository

# Takes: index, folder of the lists, message, new commit, old commit (zeros: none). The lock is git's own protocol: who
# makes `index.lock` may write the index, and does so by renaming it.
_PROGRAM = """
set -e -C
index=$1 lists=$2
true > "$index.lock" || exit 10
set +C
trap 'rm -f "$index.lock"' EXIT
if [ -f "$index" ]; then cp -p "$index" "$index.lock"; else rm "$index.lock"; fi
GIT_INDEX_FILE="$index.lock" git update-index -z --index-info < "$lists/entries"
git update-ref -m "$3" HEAD "$4" "$5" || exit 11
mv -f "$index.lock" "$index"
trap - EXIT
git checkout-index --quiet --force -u -z --stdin < "$lists/written" || exit 12
xargs -0 rm -f -- < "$lists/removed" || exit 12
"""
_LOCKED, _MOVED, _UNWRITTEN = 10, 11, 12


def refuse_unsaved(repository: Repository, paths: Iterable[str]) -> None:
    """Raise Refused where a file has changes that are not committed: they must not be mixed with those of a command."""
    names = list(paths)
    tree = repository.head or repository.empty_tree
    staged = repository.git.run("diff-index", "--cached", "--name-only", "-z", tree, "--", *names)
    out = repository.git.run("ls-files", "-m", "-d", "-o", "-z", "--", *names)
    changed = sorted({decode(path) for path in (staged + out).split(b"\0") if path})
    if changed:
        message = f"{changed[0]} has changes that are not committed"
        raise Refused(message, hint="commit or stash them first; or leave the checkout alone with --branch")


def land(repository: Repository, draft: Draft, subject: str) -> None:
    """Make a draft of HEAD's branch its newest commit. Staged and unstaged work on other files stays as it is.

    Raises Undecided where the index is locked, the branch has moved, or a file could not be written.
    """
    with tempfile.TemporaryDirectory(prefix="promptctl-") as name:
        _write_lists(Path(name), draft)
        old = repository.head or "0" * len(draft.commit)
        arguments = (str(repository.index), name, f"promptctl: {subject}", draft.commit, old)
        done = subprocess.run(  # noqa: S603 - the program is ours, and so are its arguments
            ["sh", "-c", _PROGRAM, "promptctl", *arguments],  # noqa: S607 - the user's shell, as for hooks
            cwd=repository.top,
            env=repository.git.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            start_new_session=True,
        )
    if done.returncode != 0:
        raise _failed(done.returncode, done.stderr.decode("utf-8", "replace"), draft)


def _write_lists(folder: Path, draft: Draft) -> None:
    absent = "0 " + "0" * len(draft.commit)
    lines = [
        (f"{entry.mode} {entry.oid}" if entry else absent).encode("ascii") + b"\t" + encode(path) + b"\0"
        for path, entry in draft.entries.items()
    ]
    (folder / "entries").write_bytes(b"".join(lines))
    for name, there in (("written", True), ("removed", False)):
        paths = [path for path, entry in draft.entries.items() if (entry is not None) is there]
        (folder / name).write_bytes(b"".join(encode(path) + b"\0" for path in paths))


def _failed(code: int, words: str, draft: Draft) -> Undecided:
    reason = (words.strip().split("\n") or [""])[-1]
    if code == _LOCKED:
        return Undecided(
            "another git command holds the index", hint="nothing was changed; wait for it to end and try again"
        )
    if code == _MOVED:
        message = f"the branch cannot be moved: {reason}"
        return Undecided(message, hint="nothing was changed; try again")
    if code == _UNWRITTEN:
        message = f"committed as {draft.commit[:10]}, but a file could not be written: {reason}"
        return Undecided(message, hint=f"git restore -- {' '.join(sorted(draft.entries))}")
    message = f"the commit could not be taken over: {reason}"
    return Undecided(message, hint="nothing was changed")

"""Reads objects through one `git cat-file --batch`: commits by name, trees by id, blobs by id."""

from __future__ import annotations

import threading
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING

from promptctl.core.entries import Blob
from promptctl.repo.git import unreadable
from promptctl.repo.tree_objects import FOLDER, parse_tree
from promptctl.tree.text_file import MOST_BYTES

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Mapping

    from promptctl.core.entries import Entry
    from promptctl.repo.git import Git

_AHEAD = 64  # requests under way: 64 ids of 64 digits fit the buffer of any pipe (16 KiB at least)


class Objects:
    """Answers from the object database of one repository. Everything read is kept: objects never change."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: subprocess.Popen[bytes] | None = None
        self._blobs: dict[str, Blob] = {}
        self._trees: dict[str, Mapping[str, Entry]] = {}
        self._lock = threading.Lock()

    def through(self, git: Git) -> Objects:
        """The same objects as another git sees them; what either has read, both know."""
        other = Objects(git)
        other._blobs, other._trees = self._blobs, self._trees
        return other

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        process.wait()

    def commit(self, name: str) -> str | None:
        """The id of the commit that a name stands for, or None where there is no such name."""
        answer = self._ask(f"{name}^{{commit}}")
        return answer[0] if answer else None

    def parents(self, commit: str) -> tuple[str, ...]:
        """The parents that a commit names, also where a shallow clone is cut off before them."""
        answer = self._ask(f"{commit}^{{commit}}")
        if answer is None or answer[1].data is None:
            raise unreadable(commit)
        after_tree = answer[1].data.split(b"\n")[1:]  # git takes none that stands further down for a parent
        named = takewhile(lambda line: line.startswith(b"parent "), after_tree)
        return tuple(line[7:].decode("ascii") for line in named)

    def tree(self, oid: str) -> Mapping[str, Entry]:
        """The entries of a tree, by name. Raises Undecided where the object is missing."""
        found = self._trees.get(oid)
        if found is None:
            answer = self._ask(oid)
            if answer is None or answer[1].data is None:
                raise unreadable(oid)
            found = self._trees[oid] = parse_tree(oid, answer[1].data)
        return found

    def root(self, commit: str) -> str:
        """The id of a commit's tree."""
        answer = self._ask(f"{commit}^{{tree}}")
        if answer is None:
            raise unreadable(commit)
        return answer[0]

    def blob(self, entry: Entry) -> Blob:
        """The content of a blob; raises Undecided where the object is missing."""
        if entry.oid not in self._blobs:
            self.prefetch([entry])
        return self._blobs[entry.oid]

    def prefetch(self, entries: Iterable[Entry]) -> None:
        """Read blobs in the order given, with several requests under way."""
        wanted = list(dict.fromkeys(e.oid for e in entries if e.oid not in self._blobs))
        for start in range(0, len(wanted), _AHEAD):
            self._read_blobs(wanted[start : start + _AHEAD])

    def forget(self) -> None:
        """Drop the blobs that were read; for whoever looks at very many, each of them once."""
        self._blobs.clear()

    def _read_blobs(self, oids: list[str]) -> None:
        with self._lock:
            while oids:
                self._send("".join(f"{oid}\n" for oid in oids))
                oids = oids[self._receive_blobs(oids) :]

    def _receive_blobs(self, oids: list[str]) -> int:
        """Take answers until all are in, or until one was too large to wait for; how many were taken."""
        for count, oid in enumerate(oids, 1):
            answer = self._receive(oid)
            if answer is None:
                raise unreadable(oid)
            self._blobs[oid] = answer[1]
            if answer[1].data is None:
                return count
        return len(oids)

    def _ask(self, name: str) -> tuple[str, Blob] | None:
        if "\n" in name:
            return None
        with self._lock:
            self._send(f"{name}\n")
            return self._receive(name, limit=None)

    def _send(self, text: str) -> None:
        if self._process is None:
            self._process = self._git.start("cat-file", "--batch")
        stdin = self._process.stdin
        try:
            if stdin is not None:
                stdin.write(text.encode("utf-8", "surrogateescape"))
                stdin.flush()
        except OSError as error:
            raise unreadable(text.partition("\n")[0]) from error

    def _receive(self, name: str, limit: int | None = MOST_BYTES) -> tuple[str, Blob] | None:
        """The answer about `name`: id and content. An object over `limit` bytes ends the process and is not read."""
        stdout = self._process.stdout if self._process else None
        header = stdout.readline() if stdout else b""
        if not header or stdout is None:
            raise unreadable(name)
        words = header.split()
        if words[-1:] in ([b"missing"], [b"ambiguous"]):
            return None
        oid, size = words[0].decode("ascii"), int(words[2])
        if limit is not None and size > limit:
            self.close()
            return oid, Blob(size, None)
        data = stdout.read(size)
        if len(data) != size or stdout.read(1) != b"\n":
            raise unreadable(name)
        return oid, Blob(size, data)


class CommitSnapshot:
    """A commit's files, read folder by folder as they are asked for."""

    def __init__(self, objects: Objects, tree: str) -> None:
        self._objects = objects
        self._tree = tree

    def _folder(self, folder: str) -> Mapping[str, Entry]:
        oid = self._tree
        for part in folder.split("/") if folder else ():
            below = self._objects.tree(oid).get(part)
            if below is None or below.mode != FOLDER:
                return {}
            oid = below.oid
        return self._objects.tree(oid)

    def entry(self, path: str) -> Entry | None:
        folder, _, name = path.rpartition("/")
        found = self._folder(folder).get(name)
        return None if found is None or found.mode == FOLDER else found

    def files(self, folder: str) -> Mapping[str, Entry]:
        return {name: entry for name, entry in self._folder(folder).items() if entry.mode != FOLDER}

    def folders(self, folder: str) -> frozenset[str]:
        return frozenset(name for name, entry in self._folder(folder).items() if entry.mode == FOLDER)

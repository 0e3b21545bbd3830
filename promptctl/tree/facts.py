"""What rules may ask beyond the files that promptctl looks after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from promptctl.core.entries import Entry
    from promptctl.tree.snapshot import Snapshot


class Facts(Protocol):
    """What only history, or a look beyond the managed files, can tell; computed on first use."""

    def first_release(self, path: str) -> Entry | None:
        """The entry with which a path was first released on base, or None where history is cut short of it."""
        ...

    def was_released(self, path: str, entry: Entry) -> bool:
        """Whether base itself ever had this at a path, and not only a branch that was merged into it.

        True where history is cut short: nothing shows that it was a draft.
        """
        ...

    def exists(self, path: str) -> bool:
        """Whether head has a file at a path of the repository, managed or not."""
        ...

    def changes_elsewhere(self) -> bool:
        """Whether head changes any file that promptctl does not manage."""
        ...

    def touched_elsewhere(self) -> Collection[str]:
        """The regular files that head has, that it changed itself, and that promptctl does not manage."""
        ...

    def outside(self, *, everything: bool) -> Collection[str]:
        """All that head has, of any kind, and that promptctl does not manage; unless `everything`, what it changed."""
        ...

    def conversions(self, paths: Collection[str], after: Snapshot) -> Mapping[str, str]:
        """What git would convert on checkout by the attributes in `after`, and not by those on base: by which one."""
        ...

    def mentions(
        self, names: Collection[str], paths: Collection[str], skip: Iterable[str]
    ) -> Mapping[str, Mapping[int, str]]:
        """Every line of head that could name a version of these prompts, and the lines around it, by path and number.

        Lines that name none may be among them; binary and managed files are not. `paths` are files or folders, all of
        head where there are none; `skip` are patterns (see `core.globs`) of files that need not be read.
        """
        ...

    def mentioned_before(
        self, names: Collection[str], paths: Collection[str]
    ) -> Iterable[Mapping[str, Mapping[int, str]]]:
        """As `mentions`, for base and for every fork that is another commit."""
        ...

    def history(self, paths: Collection[str]) -> Iterable[Snapshot]:
        """These files and folders on base, and before each commit on its first-parent history that changed any.

        The newest first. Raises Undecided behind the last one that is known, where history is cut short.
        """
        ...

    def authors(self, path: str) -> Collection[str]:
        """Who wrote a file of head: the name and the address of everybody whose commit changed it.

        What is in no commit yet is the work of whoever would commit now. Raises Undecided where history is cut short.
        """
        ...

    def generated(self, paths: Collection[str]) -> Collection[str]:
        """Those of the paths that the attributes on base call generated, vendored or not fit to be compared."""
        ...

"""Objects that git would not write, and what makes git show others than there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bypass.contents import EDITED, REMOVED
from tests.bypass.scene import REFUSED, UNCHANGED, UNDECIDED, Family, Scene
from tests.support.repos import FIRST, FOLDER, Repo, version_text

if TYPE_CHECKING:
    from collections.abc import Callable

    Row = tuple[str, bytes, str]

MALFORMED = "is malformed"
NAME = b"1.0.0.md"

family = Family("Objects of git")


def rows_of(repo: Repo, tree: str) -> list[Row]:
    lines = [line.partition("\t") for line in repo.git("ls-tree", "-z", tree).split("\0") if line]
    return [(meta.split()[0].lstrip("0"), name.encode(), meta.split()[2]) for meta, _, name in lines]


def tree_of(repo: Repo, rows: list[Row]) -> str:
    data = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in rows)
    return repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=data)


def commit_tree(repo: Repo, tree: str) -> None:
    commit = repo.git("commit-tree", tree, "-p", "HEAD", "-m", "Forged")
    repo.git("update-ref", "refs/heads/feature", commit)


def forge(scene: Scene, folder: str, change: Callable[[list[Row]], list[Row]]) -> None:
    """Commit HEAD with the rows of one tree changed, and its parents' trees made to hold it."""

    def rebuilt(tree: str, parts: list[str]) -> str:
        rows = rows_of(scene.repo, tree)
        if not parts:
            return tree_of(scene.repo, change(rows))
        below = [(m, name, rebuilt(oid, parts[1:]) if name == parts[0].encode() else oid) for m, name, oid in rows]
        return tree_of(scene.repo, below)

    commit_tree(scene.repo, rebuilt("HEAD^{tree}", folder.split("/") if folder else []))


def weighed(scene: Scene) -> Row:
    return ("100644", NAME, scene.store(version_text("1.0.0", "Weigh the lead.")))


@family.bypass(UNDECIDED, words=MALFORMED)
def path_twice(scene: Scene) -> None:
    """Name the path a second time in its tree, with other bytes."""
    forge(scene, FOLDER, lambda rows: [*rows, weighed(scene)])


@family.bypass(UNDECIDED, words=MALFORMED)
def path_twice_in_a_row(scene: Scene) -> None:
    """Name the path twice in a row, the other bytes first."""
    forge(scene, FOLDER, lambda rows: [weighed(scene), *rows])


@family.bypass(UNDECIDED, words=MALFORMED)
def wrong_order(scene: Scene) -> None:
    """Move the changed entry to a place where a comparison does not expect it."""
    forge(scene, FOLDER, lambda rows: [*(row for row in rows if row[1] != NAME), weighed(scene)])


@family.bypass(UNDECIDED, words=MALFORMED)
def folder_twice(scene: Scene) -> None:
    """Name the template folder twice, the second time with an edit in it."""
    scene.repo.edit()
    scene.repo.commit()
    edited = scene.repo.git("rev-parse", "HEAD:prompt-templates")
    scene.repo.git("reset", "--quiet", "--hard", "HEAD~1")
    forge(scene, "", lambda rows: [*rows, ("40000", b"prompt-templates", edited)])


@family.bypass(UNDECIDED, words=MALFORMED)
def slashes_in_a_name(scene: Scene) -> None:
    """Write the whole path as one name into the top tree."""
    forge(scene, "", lambda rows: [*rows, ("100644", FIRST.encode(), weighed(scene)[2])])


@family.bypass(UNDECIDED, words=MALFORMED)
def parent_folder(scene: Scene) -> None:
    """Lead back to the file through a folder called `..`."""
    own = scene.repo.git("rev-parse", f"HEAD:{FOLDER}")
    forge(scene, FOLDER, lambda rows: [("40000", b"..", own), *rows])


@family.bypass(UNDECIDED, words=MALFORMED)
def git_folder(scene: Scene) -> None:
    """Bring a folder called `.git` along."""
    own = scene.repo.git("rev-parse", f"HEAD:{FOLDER}")
    forge(scene, FOLDER, lambda rows: [("40000", b".GIT", own), *rows])


@family.bypass(EDITED)
def mode_of_old(scene: Scene) -> None:
    """Edit under a mode that only old gits wrote."""
    forge(scene, FOLDER, lambda rows: [("100664", *weighed(scene)[1:]) if row[1] == NAME else row for row in rows])


@family.bypass(EDITED)
def forged_parent(scene: Scene) -> None:
    """Edit in a commit that names a second parent where git does not look."""
    scene.repo.edit()
    scene.repo.commit()
    text = scene.repo.git("cat-file", "commit", "HEAD")
    forged = text.replace("\n\n", f"\nparent {scene.repo.git('rev-parse', 'HEAD~1')}\n\n", 1) + "\n"
    oid = scene.repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=forged.encode())
    scene.repo.git("update-ref", "refs/heads/feature", oid)


@family.bypass(UNCHANGED, REFUSED, words="would show other content", note="The change holds nothing else to check.")
def replacement_that_is_pushed(scene: Scene) -> None:
    """Push a replace ref, which the server and its mirrors obey."""
    scene.repo.git("replace", f"HEAD:{FIRST}", weighed(scene)[2])
    scene.pushed = ["refs/replace/*:refs/replace/*"]


def edited_on(scene: Scene, *act: Callable[[Repo], None]) -> None:
    """Edit, and have the runner look away."""
    scene.repo.edit()
    scene.repo.commit()
    scene.on_runner += act


@family.bypass(EDITED)
def replacement_on_the_runner(scene: Scene) -> None:
    """Have the runner show the released bytes, tree and commit by replace refs."""

    def act(runner: Repo) -> None:
        for what in (f":{FIRST}", "^{tree}", "^{commit}"):
            runner.git("replace", "--force", f"HEAD{what}", f"origin/main{what}")

    edited_on(scene, act)


@family.bypass(EDITED)
def grafts_on_the_runner(scene: Scene) -> None:
    """Have the runner believe that the two have no common history."""

    def act(runner: Repo) -> None:
        runner.write(".git/info/grafts", f"{runner.git('rev-parse', 'origin/feature')}\n")

    edited_on(scene, act)


@family.bypass(EDITED)
def alternates(scene: Scene) -> None:
    """Keep the objects of the edit in another repository."""

    def act(runner: Repo) -> None:
        objects = runner.path / ".git/objects"
        objects.rename(scene.folder / "kept")
        for name in ("info", "pack"):
            (objects / name).mkdir(parents=True)
        (objects / "info/alternates").write_text(f"{scene.folder / 'kept'}\n")

    edited_on(scene, act)


@family.bypass(UNDECIDED, REMOVED, words="cannot decide")
def shallow_clone(scene: Scene) -> None:
    """Have the runner fetch no history, so that a removal may be none."""
    scene.draft("1.2.0")
    scene.land()
    scene.repo.git("reset", "--quiet", "--hard", "HEAD~1")
    scene.repo.git("rm", "--quiet", FIRST)
    scene.repo.commit()
    scene.on_runner.append(cut_short)


def cut_short(runner: Repo) -> None:
    oid = runner.git("rev-parse", "HEAD")
    (runner.path / ".git/shallow").write_text(f"{oid}\n{runner.git('rev-parse', 'origin/main')}\n")


@family.bypass(EDITED)
def partial_clone(scene: Scene) -> None:
    """Have the runner fetch no blobs, and the server gone since."""

    def act(runner: Repo) -> None:
        blob = runner.git("rev-parse", f"origin/main:{FIRST}")
        for name in ("pack", "idx", "rev"):
            for path in runner.path.glob(f".git/objects/pack/*.{name}"):
                path.chmod(0o644)
        for pack in list(runner.path.glob(".git/objects/pack/*.pack")):
            kept = pack.rename(scene.folder / "pack")
            pack.with_suffix(".idx").unlink()
            runner.git("unpack-objects", "-q", stdin=kept.read_bytes())
        (runner.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
        runner.git("remote", "set-url", "origin", "/nowhere")

    edited_on(scene, act)

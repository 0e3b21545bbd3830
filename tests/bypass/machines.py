"""What can be done on the author's machine, and to the environment of a CI job."""

from __future__ import annotations

from tests.bypass.contents import EDITED, REMOVED
from tests.bypass.scene import UNCHANGED, UNDECIDED, Family, Scene
from tests.support.repos import FIRST, Repo, make_repo

family = Family("The author's machine, and the job's environment")


def edited(scene: Scene) -> None:
    scene.repo.edit()
    scene.repo.commit()


@family.bypass(EDITED)
def no_verify(scene: Scene) -> None:
    """Commit and push with `--no-verify`."""
    scene.repo.promptctl("hook", "install", "--local")
    edited(scene)


@family.bypass(EDITED)
def other_hooks(scene: Scene) -> None:
    """Point `core.hooksPath` at an empty folder."""
    scene.repo.promptctl("hook", "install", "--local")
    scene.repo.git("config", "core.hooksPath", "/dev/null")
    scene.repo.edit()
    scene.repo.git("commit", "--quiet", "--all", "-m", "Edit")


@family.bypass(EDITED)
def plumbing_index(scene: Scene) -> None:
    """Put the edit into the index by its id, while the disk shows the release."""
    scene.put(FIRST, scene.store(scene.repo.read(FIRST).replace("Judge", "Weigh")))


@family.bypass(EDITED)
def plumbing_commit(scene: Scene) -> None:
    """Make the commit with `git commit-tree`, without any index."""
    edited(scene)
    tree = scene.repo.git("rev-parse", "HEAD^{tree}")
    commit = scene.repo.git("commit-tree", tree, "-p", "origin/main", "-m", "Made by hand")
    scene.repo.git("update-ref", "refs/heads/feature", commit)


@family.bypass(UNCHANGED, note="What is on one disk alone is on no server.")
def skip_worktree(scene: Scene) -> None:
    """Hide an edit on disk with `--skip-worktree`."""
    scene.repo.git("update-index", "--skip-worktree", FIRST)
    scene.repo.edit()
    scene.repo.commit()


@family.bypass(UNCHANGED, note="What is on one disk alone is on no server.")
def assume_unchanged(scene: Scene) -> None:
    """Hide an edit on disk with `--assume-unchanged`."""
    scene.repo.git("update-index", "--assume-unchanged", FIRST)
    scene.repo.edit()
    scene.repo.commit()


@family.bypass(EDITED)
def skip_worktree_and_commit(scene: Scene) -> None:
    """Commit the edit first and hide it with `--skip-worktree` then."""
    edited(scene)
    scene.repo.git("update-index", "--skip-worktree", FIRST)
    scene.on_runner.append(lambda runner: print(runner.git("update-index", "--skip-worktree", FIRST)))


@family.bypass(UNCHANGED, note="The files are absent from one disk and present in the commit.")
def sparse_checkout(scene: Scene) -> None:
    """Leave the template folder out of a sparse checkout."""
    scene.repo.git("sparse-checkout", "set", "docs")
    scene.repo.commit()


@family.bypass(REMOVED)
def sparse_checkout_and_remove(scene: Scene) -> None:
    """Remove the file where a sparse checkout shows nothing."""
    scene.repo.git("sparse-checkout", "set", "docs")
    scene.repo.git("rm", "--quiet", "--sparse", FIRST)
    scene.repo.commit()
    scene.on_runner.append(lambda runner: print(runner.git("sparse-checkout", "set", "docs")))


@family.bypass(EDITED)
def clean_filter(scene: Scene) -> None:
    """Edit through a clean filter, so that the disk shows the released text."""
    scene.repo.git("config", "filter.swap.clean", "sed s/Judge/Weigh/")
    scene.repo.git("config", "filter.swap.smudge", "sed s/Weigh/Judge/")
    scene.repo.write(".git/info/attributes", "*.md filter=swap\n")
    scene.repo.write(FIRST, scene.repo.read(FIRST))
    scene.repo.git("add", "--renormalize", FIRST)
    scene.repo.git("commit", "--quiet", "--no-verify", "-m", "Nothing to see")


@family.bypass(EDITED)
def released_text_on_disk(scene: Scene) -> None:
    """Put the released text back on the runner's disk and into its index."""
    edited(scene)

    def act(runner: Repo) -> None:
        runner.git("restore", "--source=origin/main", "--staged", "--worktree", FIRST)

    scene.on_runner.append(act)


HOSTILE = {
    "core.attributesFile": "/dev/null",
    "core.fileMode": "false",
    "core.ignoreCase": "true",
    "core.precomposeUnicode": "true",
    "core.quotePath": "false",
    "core.symlinks": "false",
    "core.useReplaceRefs": "true",
    "diff.external": "true",
    "diff.ignoreSubmodules": "all",
    "diff.noprefix": "true",
    "diff.orderFile": "/nowhere",
    "diff.renames": "copies",
    "log.follow": "true",
    "status.showUntrackedFiles": "no",
}


@family.bypass(EDITED)
def configuration_of_the_runner(scene: Scene) -> None:
    """Set whatever git has that changes what it shows."""
    edited(scene)

    def act(runner: Repo) -> None:
        for name, value in HOSTILE.items():
            runner.git("config", name, value)

    scene.on_runner.append(act)


@family.bypass(EDITED)
def configuration_in_variables(scene: Scene) -> None:
    """Set the same by variables."""
    edited(scene)
    scene.environment["GIT_CONFIG_COUNT"] = str(len(HOSTILE))
    for number, (name, value) in enumerate(HOSTILE.items()):
        scene.environment[f"GIT_CONFIG_KEY_{number}"] = name
        scene.environment[f"GIT_CONFIG_VALUE_{number}"] = value


@family.bypass(REMOVED)
def pathspecs_in_variables(scene: Scene) -> None:
    """Have git take paths for patterns, and show differences by another program."""
    scene.repo.git("rm", "--quiet", FIRST)
    scene.repo.commit()
    scene.environment |= {"GIT_GLOB_PATHSPECS": "1", "GIT_LITERAL_PATHSPECS": "0", "GIT_EXTERNAL_DIFF": "true"}


@family.bypass(EDITED)
def other_index(scene: Scene) -> None:
    """Set GIT_INDEX_FILE to an index with the released file."""
    edited(scene)

    def act(runner: Repo) -> None:
        index = {"GIT_INDEX_FILE": str(scene.folder / "index")}
        runner.git("read-tree", "origin/main", env=index)

    scene.on_runner.append(act)
    scene.environment["GIT_INDEX_FILE"] = str(scene.folder / "index")


@family.bypass(UNDECIDED, EDITED)
def other_repository(scene: Scene) -> None:
    """Set GIT_DIR to a repository in which nothing is wrong."""
    edited(scene)
    other = make_repo(scene.folder / "innocent")
    scene.environment["GIT_DIR"] = str(other.path / ".git")


@family.bypass(UNDECIDED, EDITED)
def other_clone(scene: Scene) -> None:
    """Set GIT_DIR to a clone that has main checked out."""
    edited(scene)
    path = scene.folder / "clone"
    scene.repo.git("clone", "--quiet", "--branch=main", scene.bare.path.as_uri(), str(path))
    scene.environment["GIT_DIR"] = str(path / ".git")


@family.bypass(UNDECIDED, EDITED)
def other_objects(scene: Scene) -> None:
    """Set GIT_OBJECT_DIRECTORY to a folder without the objects."""
    edited(scene)
    (scene.folder / "objects").mkdir()
    scene.environment["GIT_OBJECT_DIRECTORY"] = str(scene.folder / "objects")


@family.bypass(EDITED)
def other_replacements(scene: Scene) -> None:
    """Set the variables by which git finds replaced objects and grafts."""
    edited(scene)

    def act(runner: Repo) -> None:
        runner.git("update-ref", f"refs/lies/{runner.git('rev-parse', f'HEAD:{FIRST}')}", f"origin/main:{FIRST}")

    scene.on_runner.append(act)
    scene.environment |= {"GIT_REPLACE_REF_BASE": "refs/lies/", "GIT_GRAFT_FILE": "/dev/null"}

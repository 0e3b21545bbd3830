"""Histories, merges and refs that would carry a change past the comparison."""

from __future__ import annotations

from tests.bypass.contents import EDITED, REMOVED
from tests.bypass.scene import GIT, REFUSED, SECOND, UNCHANGED, UNDECIDED, Family, Scene
from tests.support.repos import FIRST, FOLDER, Repo

family = Family("History and refs")
MAIN = "refs/heads/main"


def edited(scene: Scene) -> None:
    scene.repo.edit()
    scene.repo.commit("Edit")


def main_moves_on(scene: Scene) -> None:
    """Release 1.2.0 on main, which feature does not have."""
    scene.draft("1.2.0")
    scene.land("Release 1.2.0")
    scene.repo.git("reset", "--quiet", "--hard", "HEAD~1")
    scene.repo.write("notes.txt", "Meanwhile.")
    scene.repo.commit("Something else")


@family.bypass(EDITED)
def below_the_tip(scene: Scene) -> None:
    """Edit in an early commit of many."""
    edited(scene)
    for number in range(3):
        scene.repo.write("notes.txt", f"{number}")
        scene.repo.commit("Notes")


@family.bypass(UNCHANGED, note="The tips are equal, and nobody is served what lies between them; `audit` shows it.")
def edit_and_restore(scene: Scene) -> None:
    """Edit, and restore in the next commit."""
    edited(scene)
    scene.repo.git("revert", "--no-edit", "HEAD")


@family.bypass(EDITED)
def revert_of_a_revert(scene: Scene) -> None:
    """Bring an edit back by reverting its revert."""
    edited(scene)
    scene.repo.git("revert", "--no-edit", "HEAD")
    scene.repo.git("revert", "--no-edit", "HEAD")


@family.bypass(REMOVED)
def revert_of_the_release(scene: Scene) -> None:
    """Revert the commit that released the version."""
    commit = scene.repo.git("log", "--format=%H", "-1", "--", SECOND)
    scene.repo.git("revert", "--no-edit", commit)


@family.bypass(REMOVED)
def merge_that_takes_the_wrong_side(scene: Scene) -> None:
    """Merge main in with `--strategy=ours`, which drops what it released."""
    main_moves_on(scene)
    scene.repo.git("merge", "--quiet", "--no-edit", "--no-verify", "--strategy=ours", "origin/main")


@family.bypass(EDITED)
def merge_with_an_edit(scene: Scene) -> None:
    """Edit inside the merge commit itself."""
    main_moves_on(scene)
    scene.repo.git("merge", "--quiet", "--no-commit", "origin/main")
    edited(scene)


@family.bypass(EDITED)
def merge_that_edits_what_it_brings(scene: Scene) -> None:
    """Change what main just released while merging it in."""
    main_moves_on(scene)
    scene.repo.git("merge", "--quiet", "--no-commit", "origin/main")
    scene.repo.edit(f"{FOLDER}/1.2.0.md")
    scene.repo.commit("Merge")


@family.bypass(EDITED)
def merge_the_wrong_way_round(scene: Scene) -> None:
    """Make main the second parent of a merge, so that its releases look like another branch's drafts."""
    main_moves_on(scene)
    scene.repo.git("fetch", "--quiet", "origin")
    first = scene.repo.git("rev-list", "--max-parents=0", "origin/main")
    scene.repo.git("reset", "--quiet", "--hard", first)
    scene.repo.git("merge", "--quiet", "--no-ff", "--no-verify", "--no-commit", "origin/main")
    edited(scene)


@family.bypass(REMOVED)
def octopus(scene: Scene) -> None:
    """Drop a version in a merge of three."""
    main_moves_on(scene)
    for name in ("one", "two"):
        scene.repo.git("branch", name, "feature")
        tree = scene.repo.git("rev-parse", "feature^{tree}")
        scene.repo.git("branch", "-f", name, scene.repo.git("commit-tree", tree, "-p", "feature", "-m", name))
    parents = [word for name in ("feature", "one", "two", "origin/main") for word in ("-p", name)]
    tree = scene.repo.git("rev-parse", "feature^{tree}")
    scene.repo.git("update-ref", "refs/heads/feature", scene.repo.git("commit-tree", tree, *parents, "-m", "Octopus"))


@family.bypass(EDITED)
def orphan_with_an_edit(scene: Scene) -> None:
    """Start a history without the past, with the file edited in it."""
    scene.repo.git("checkout", "--quiet", "--orphan", "fresh")
    edited(scene)
    scene.repo.git("branch", "-f", "feature", "fresh")


@family.bypass(UNDECIDED, REMOVED, words="cannot decide")
def orphan_without_the_file(scene: Scene) -> None:
    """Start a history without the past and without the file."""
    scene.repo.git("checkout", "--quiet", "--orphan", "fresh")
    scene.repo.git("rm", "--quiet", "--force", FIRST)
    scene.repo.commit("Fresh")
    scene.repo.git("branch", "-f", "feature", "fresh")


@family.bypass(UNDECIDED, REMOVED, words="before this push, which is not in this clone")
def forced_push_to_the_past(scene: Scene) -> None:
    """Force the branch back to before the release."""
    scene.repo.git("reset", "--quiet", "--hard", scene.repo.git("log", "--format=%H^", "-1", "--", SECOND))
    scene.event = "push"


@family.bypass(UNDECIDED, EDITED, words="before this push, which is not in this clone")
def forced_push_of_another_past(scene: Scene) -> None:
    """Rewrite the release as if it had always been another."""
    scene.repo.git("reset", "--quiet", "--hard", scene.repo.git("log", "--format=%H^", "-1", "--", SECOND))
    scene.repo.add_version("1.1.0", "Weigh it.", supersedes="1.0.0", summary="Says more.")
    scene.repo.commit("Release 1.1.0")
    scene.event = "push"


@family.bypass(UNCHANGED, REFUSED, words="is protected and may not be deleted", note="There is no run to check it in.")
def deletion_of_the_branch(scene: Scene) -> None:
    """Delete the branch, to make it anew."""
    scene.pushed = ["--delete", "main"]


@family.bypass(EDITED)
def among_other_refs(scene: Scene) -> None:
    """Push many refs at once, the protected one last."""
    edited(scene)
    scene.pushed = ["HEAD~1:refs/heads/a", "HEAD:refs/tags/b", "HEAD:refs/heads/c", f"HEAD:{MAIN}"]


@family.bypass(EDITED)
def tag_named_as_the_branch(scene: Scene) -> None:
    """Push a tag with the branch's name, to move what the name stands for."""
    edited(scene)
    scene.repo.git("push", "--quiet", "origin", "HEAD:refs/tags/main", "HEAD:refs/tags/origin/main")
    scene.pushed = ["--force", f"refs/heads/feature:{MAIN}"]


@family.bypass(EDITED)
def branch_named_as_a_remote_one(scene: Scene) -> None:
    """Push a branch called `origin/main`."""
    edited(scene)
    scene.repo.git("push", "--quiet", "origin", "HEAD:refs/heads/origin/main")
    scene.on_runner.append(lambda runner: print(runner.git("update-ref", "refs/heads/origin/main", "HEAD")))


@family.bypass(EDITED)
def branch_that_breaks_lines(scene: Scene) -> None:
    """Push a branch whose name holds a line separator, to confuse whoever lists refs."""
    scene.repo.git("push", "--quiet", "origin", f"HEAD:{MAIN}\u2028x")
    edited(scene)


@family.bypass(EDITED)
def branch_by_another_case(scene: Scene) -> None:
    """Push `Main` to a server whose file system folds case."""
    scene.bare.git("config", "core.ignoreCase", "true")
    edited(scene)
    scene.pushed = ["--force", "feature:refs/heads/Main"]


@family.bypass(EDITED)
def symbolic_ref(scene: Scene) -> None:
    """Push through another name that the server has for the branch."""
    scene.bare.git("symbolic-ref", "refs/aliases/trunk", MAIN)
    edited(scene)
    scene.pushed = ["feature:refs/aliases/trunk"]


@family.bypass(EDITED)
def new_protected_branch(scene: Scene) -> None:
    """Push a protected branch that is not there yet."""
    scene.repo.write("promptctl.yaml", scene.repo.read("promptctl.yaml").replace("[main]", "[main, stable]"))
    scene.land()
    edited(scene)
    scene.pushed = ["feature:refs/heads/stable"]


@family.bypass(EDITED, GIT, words="failed to update ref")
def false_old_id(scene: Scene) -> None:
    """Tell the server that the branch stood where the file was not there yet."""
    scene.repo.git("checkout", "--quiet", "--orphan", "before")
    scene.repo.git("rm", "--quiet", "-r", "--cached", "prompt-templates")
    scene.repo.git("commit", "--quiet", "-m", "Before")
    scene.repo.git("push", "--quiet", "origin", "before")
    scene.claimed = scene.repo.git("rev-parse", "before")
    scene.repo.git("checkout", "--quiet", "--force", "feature")
    edited(scene)


@family.bypass(EDITED)
def two_changes_that_each_pass(scene: Scene) -> None:
    """Release a version by one change, and by another that passed earlier edit its draft."""
    path = scene.draft("1.2.0")
    scene.repo.commit("Draft")
    scene.repo.switch("stacked")
    scene.repo.edit(path)
    scene.repo.commit("Better draft")
    assert scene.repo.check("--base", "origin/main", "--head", "HEAD").code == 0, "a draft may be edited"
    scene.repo.git("push", "--quiet", "origin", "feature:main")
    scene.repo.git("branch", "-f", "feature", "stacked")
    scene.event = "merge_group"


@family.bypass("equal-precedence")
def two_changes_that_take_one_number(scene: Scene) -> None:
    """Take one number by two changes that git merges without a conflict."""
    scene.draft("1.2.0+a")
    scene.repo.commit("One")
    scene.repo.switch("other", "origin/main")
    scene.draft("1.2.0+b")
    scene.repo.commit("Other")
    assert scene.repo.check("--base", "origin/main", "--head", "HEAD").code == 0
    scene.repo.git("push", "--quiet", "origin", "feature:main")
    scene.repo.git("merge", "--quiet", "--no-edit", "feature")
    scene.repo.git("branch", "-f", "feature", "other")
    scene.event = "merge_group"


@family.bypass(EDITED)
def through_another_branch(scene: Scene) -> None:
    """Merge the edit into a branch that nobody protects, and that one into main."""
    edited(scene)
    scene.repo.git("push", "--quiet", "origin", "feature:develop")
    scene.repo.switch("release", "origin/main")
    scene.repo.git("merge", "--quiet", "--no-ff", "--no-edit", "--no-verify", "feature")
    scene.repo.git("branch", "-f", "feature", "release")


@family.bypass(EDITED)
def run_about_nothing(scene: Scene) -> None:
    """Start the run by hand, so that no event names a base."""
    edited(scene)
    scene.event = "workflow_dispatch"


@family.bypass(EDITED)
def branch_of_the_clone(scene: Scene) -> None:
    """Have the runner call the change its own `main`."""
    edited(scene)
    scene.on_runner.append(own_main)


def own_main(runner: Repo) -> None:
    runner.git("update-ref", MAIN, "HEAD")

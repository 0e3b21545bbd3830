"""Whatever a user has configured, and whatever a clone pretends, the same is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.repos import FIRST, FOLDER, GONE, Repo, make_repo, version_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXPECTED = {
    (FIRST, "released-version-restored"),
    (f"{FOLDER}/1.1.0.md", "released-version-edited"),
    *((f"{FOLDER}/1.2.0.md", rule) for rule in GONE),
    (f"{FOLDER}/1.3.0.md", "released-version-restored"),
    (f"{FOLDER}/notes.txt", "misplaced-file"),
}

DIFF = {
    "color.ui": "always",
    "color.diff": "always",
    "core.abbrev": "4",
    "core.quotePath": "true",
    "core.whitespace": "tab-in-indent",
    "diff.algorithm": "patience",
    "diff.colorMoved": "zebra",
    "diff.dirstat": "files",
    "diff.external": "false",
    "diff.ignoreSubmodules": "all",
    "diff.mnemonicPrefix": "true",
    "diff.noprefix": "true",
    "diff.orderFile": "/nowhere",
    "diff.relative": "true",
    "diff.renameLimit": "1000",
    "diff.renames": "copies",
    "diff.submodule": "log",
    "diff.wordRegex": ".",
}
LOG = {
    "format.pretty": "fuller",
    "log.date": "human",
    "log.decorate": "full",
    "log.diffMerges": "combined",
    "log.follow": "true",
    "log.mailmap": "true",
    "log.showRoot": "false",
    "log.showSignature": "true",
    "notes.displayRef": "refs/notes/*",
}
STATUS = {
    "status.branch": "true",
    "status.relativePaths": "true",
    "status.renames": "copies",
    "status.short": "true",
    "status.showStash": "true",
    "status.showUntrackedFiles": "no",
    "status.submoduleSummary": "true",
}
CORE = {
    "advice.addIgnoredFile": "false",
    "branch.sort": "-committerdate",
    "core.bigFileThreshold": "1",
    "core.ignoreCase": "true",
    "core.pager": "false",
    "core.precomposeUnicode": "true",
    "core.safecrlf": "true",
    "core.splitIndex": "true",
    "core.untrackedCache": "true",
    "feature.manyFiles": "true",
    "index.sparse": "true",
    "pager.diff": "true",
    "pager.log": "true",
    "submodule.recurse": "true",
    "tag.sort": "-creatordate",
}
ENVIRONMENT = {
    "GIT_DIFF_OPTS": "--unified=0",
    "GIT_EXTERNAL_DIFF": "false",
    "GIT_GLOB_PATHSPECS": "1",
    "GIT_ICASE_PATHSPECS": "1",
    "GIT_NOGLOB_PATHSPECS": "1",
    "GIT_PAGER": "false",
    "GIT_TRACE": "1",
    "LANGUAGE": "de",
}


def several(settings: dict[str, str]) -> Callable[[Repo], None]:
    def configure(repo: Repo) -> None:
        for name, value in settings.items():
            repo.git("config", name, value)
        repo.git("status")

    return configure


def replace_objects(repo: Repo) -> None:
    """Show the released text for the edited one, and main for feature."""
    repo.git("replace", f"feature:{FOLDER}/1.1.0.md", f"main:{FOLDER}/1.1.0.md")
    repo.git("replace", "feature", "main")


def graft_parents(repo: Repo) -> None:
    """Pretend that feature has nothing in common with main."""
    repo.write(".git/info/grafts", f"{repo.git('rev-parse', 'feature')}\n")
    assert repo.try_git("merge-base", "main", "feature").code == 1


def lie_about_changes(repo: Repo) -> None:
    """A file system monitor that never sees a change."""
    monitor = repo.write(".git/monitor", "#!/bin/sh\nprintf 'token\\0'\n")
    monitor.chmod(0o755)
    repo.git("config", "core.fsmonitor", str(monitor))
    repo.git("update-index", "--fsmonitor")
    repo.git("status")


def write_commit_graph(repo: Repo) -> None:
    repo.git("config", "commitGraph.generationVersion", "1")
    repo.git("commit-graph", "write", "--reachable", "--changed-paths")


def pack(repo: Repo) -> None:
    repo.git("gc", "--quiet", "--prune=now")
    repo.git("pack-refs", "--all")


def attach_notes(repo: Repo) -> None:
    several(LOG)(repo)
    for commit in repo.git("rev-list", "--all").split():
        repo.git("notes", "add", "-m", "A note", commit)


def change_repo(path: Path, *options: str) -> Repo:
    """A feature branch that restores, edits and moves released files; a merge brought most of them to main."""
    repo = make_repo(path, *options)
    released = repo.read(FIRST)
    repo.switch("topic")
    repo.add_version("1.1.0", "Judge well.", supersedes="1.0.0", summary="Says well.")
    repo.add_version("1.2.0", "Judge better.", supersedes="1.1.0", summary="Says better.")
    latest = version_text("1.3.0", "Judge best.", supersedes="1.2.0", summary="Says best.")
    repo.write("draft.md", latest)
    repo.commit()
    repo.git("mv", "draft.md", f"{FOLDER}/1.3.0.md")
    repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "-m", "Merge", "topic")
    repo.edit()
    repo.edit(f"{FOLDER}/1.3.0.md")
    repo.commit()
    repo.switch("feature")
    repo.write(FIRST, released)
    repo.write(f"{FOLDER}/1.3.0.md", latest)
    repo.edit(f"{FOLDER}/1.1.0.md")
    repo.git("mv", f"{FOLDER}/1.2.0.md", "old.md")
    repo.write(f"{FOLDER}/notes.txt", released)
    repo.commit()
    return repo


def found_in(repo: Repo, *arguments: str, env: dict[str, str] | None = None) -> set[tuple[str, str]]:
    found = repo.check(*arguments, env=env)
    assert found.code == 1, found.err
    return {(item["path"], item["rule"]) for item in found.report["findings"]}


@pytest.mark.parametrize(
    "configure",
    [
        pytest.param(several(DIFF), id="diff"),
        pytest.param(attach_notes, id="log"),
        pytest.param(several(STATUS), id="status"),
        pytest.param(several(CORE), id="core"),
        replace_objects,
        graft_parents,
        lie_about_changes,
        write_commit_graph,
        pack,
    ],
)
def test_settings_and_tricks_change_nothing(tmp_path: Path, configure: Callable[[Repo], None]) -> None:
    repo = change_repo(tmp_path / "repo")
    configure(repo)
    assert found_in(repo, "--base", "main", "--head", "feature") == EXPECTED
    repo.edit()
    assert found_in(repo) == EXPECTED - {(FIRST, "released-version-restored")}, "it is as main has it"


@pytest.mark.parametrize("options", [("--object-format=sha1",), ("--object-format=sha256",)])
def test_variables_and_object_formats_change_nothing(tmp_path: Path, options: tuple[str, ...]) -> None:
    repo = change_repo(tmp_path / "repo", *options)
    assert found_in(repo, "--base", "main", env=ENVIRONMENT) == EXPECTED
    repo.git("reset", "--quiet", "--soft", "main")
    assert found_in(repo, "--staged", env=ENVIRONMENT) == found_in(repo, env=ENVIRONMENT) == EXPECTED

"""The two gates of a protected branch: `check` in a CI run, and the server's hook."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from tests.bypass.scene import GIT, REFUSED, UNCHANGED, UNDECIDED, Scene
from tests.support.ci import github, merge_group_payload, pull_request_payload, push_payload
from tests.support.repos import FIRST, Repo, Result, version_text
from tests.support.servers import refs

if TYPE_CHECKING:
    from tests.bypass.scene import Bypass

MAIN, MERGE = "refs/heads/main", "refs/pull/7/merge"


def judged_by_check(scene: Scene) -> Result:
    """What `check` says in the run that the host starts for the change."""
    source = scene.repo.git("rev-parse", "feature")
    target = scene.bare.git("rev-parse", MAIN)
    scene.bare.git("fetch", "--quiet", str(scene.repo.path), f"+{source}:refs/heads/feature")
    head = _merged(scene, source, target) if scene.event == "pull_request" else source
    if scene.event == "push":
        scene.bare.git("update-ref", MAIN, source)
    runner = _runner(scene, head)
    if scene.event == "push":
        scene.bare.git("update-ref", MAIN, target)
    variables = {**_event(scene, source, target), **scene.environment}
    found = Repo(runner.path / scene.directory).check(env=variables)
    assert "Traceback" not in found.err
    assert "has a bug" not in found.err
    return found


def _merged(scene: Scene, source: str, target: str) -> str:
    """The merge that the host offers; the head itself where a merge would not be what the author made."""
    if scene.bare.try_git("merge-base", "--is-ancestor", target, source).code != 0:
        return source
    tree = scene.bare.git("rev-parse", f"{source}^{{tree}}")
    who = {"GIT_AUTHOR_NAME": "Host", "GIT_COMMITTER_NAME": "Host", "EMAIL": "host@example.com"}
    commit = scene.bare.git("commit-tree", tree, "-p", target, "-p", source, "-m", "Merge", env=who)
    scene.bare.git("update-ref", MERGE, commit)
    return commit


def _runner(scene: Scene, head: str) -> Repo:
    """A clone with the whole history whose HEAD is what is judged; files are on disk where git can write them."""
    path = scene.folder / "runner"
    path.mkdir()
    runner = Repo(path)
    runner.git("init", "--quiet")
    runner.git("remote", "add", "origin", scene.bare.path.as_uri())
    wanted = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*", f"+{head}:refs/remotes/pull/7/merge")
    runner.git("fetch", "--quiet", "--force", "origin", *wanted)
    if runner.try_git("checkout", "--quiet", "--force", "--detach", head).code != 0:
        runner.git("update-ref", "--no-deref", "HEAD", head)
    (path / scene.directory).mkdir(exist_ok=True)
    for act in scene.on_runner:
        act(runner)
    return runner


def _event(scene: Scene, source: str, target: str) -> dict[str, str]:
    folder = scene.folder / "event"
    payloads = {
        "pull_request": pull_request_payload(("feature", source), ("main", target)),
        "merge_group": merge_group_payload(source, target),
        "push": push_payload(target, source, forced=True),
        "workflow_dispatch": {},
    }
    return github(scene.event, payloads[scene.event], folder, GITHUB_BASE_REF="main", GITHUB_HEAD_REF="feature")


def assert_check(bypass: Bypass, found: Result) -> None:
    """The answer is the one that the catalogue promises."""
    if bypass.check == UNDECIDED:
        assert (found.code, bypass.words in found.err) == (3, True), found
    elif bypass.check == UNCHANGED:
        assert found.code == 0, found
    elif bypass.check != GIT:
        errors = [item["rule"] for item in json.loads(found.out)["findings"] if item["severity"] == "error"]
        assert (found.code, bypass.check in errors) == (1, True), found


def assert_server(bypass: Bypass, scene: Scene) -> None:
    """A push is refused as the catalogue promises, or leaves the released bytes alone; then the server goes on."""
    before, released = refs(scene.bare), _released(scene)
    found = _lying_push(scene) if scene.claimed else scene.repo.try_git("push", "--no-verify", "origin", *scene.pushed)
    assert "has a bug" not in found.err
    if bypass.server == UNCHANGED:
        assert found.code == 0, found.err
    else:
        assert found.code == 1, found.err
        assert refs(scene.bare) == before
        assert _reason(bypass) in found.err, found.err
    assert _released(scene) == released
    if server_state(scene.bare) != scene.pristine:  # else it is the server that it was
        assert takes_a_version(scene), "the server is locked"


def _lying_push(scene: Scene) -> Result:
    """Say to the server's git what no client says: that main stands elsewhere. The objects are there already."""
    new = scene.bare.git("rev-parse", "feature")
    command = f"{scene.claimed} {new} {MAIN}\0report-status".encode()
    pack = b"PACK\0\0\0\2\0\0\0\0"
    data = b"%04x%b0000%b%b" % (len(command) + 4, command, pack, hashlib.sha1(pack, usedforsecurity=False).digest())
    found = scene.repo.try_git("receive-pack", str(scene.bare.path), stdin=data)
    assert f"ok {MAIN}" in found.out or f"ng {MAIN}" in found.out, found
    return Result(int(f"ng {MAIN}" in found.out), "", found.out + found.err)


def _reason(bypass: Bypass) -> str:
    if bypass.server in {UNDECIDED, REFUSED, GIT}:
        return bypass.words
    return f"[{bypass.server}]"


def _released(scene: Scene) -> str:
    """Mode, id and path of what is released."""
    return scene.bare.git("ls-tree", "-r", MAIN, "--", FIRST, FIRST.replace("1.0.0", "1.1.0"))


def server_state(bare: Repo) -> tuple[dict[str, str], str]:
    """What of a server a change or a push can alter, but for the branch of a pull request and its merge."""
    kept = {name: oid for name, oid in refs(bare).items() if name not in {"refs/heads/feature", MERGE}}
    return kept, (bare.path / "config").read_text()


def takes_a_version(scene: Scene) -> bool:
    """Whether somebody else can still release a version."""
    path = scene.folder / "somebody"
    scene.repo.git("clone", "--quiet", "--branch", "main", scene.bare.path.as_uri(), str(path))
    somebody = Repo(path)
    if scene.to_mend:
        for name, content in scene.to_mend.items():
            somebody.write(name, content)
        somebody.commit("Mend it alone")
        somebody.git("push", "--quiet", "origin", f"HEAD:{MAIN}")
    number = "1.9.0"
    folder = "prompt-templates/task/score-lead"
    somebody.write(f"{folder}/prompt.yaml", f"name: score-lead\nowner: a@example.com\nrecommended: {number}\n")
    somebody.write(f"{folder}/{number}.md", version_text(number, name="score-lead"))
    somebody.commit("Release another prompt")
    found = somebody.try_git("push", "--quiet", "origin", f"HEAD:{MAIN}")
    assert found.code == 0, found.err
    return True

"""The jobs that `init --ci` writes, the action and the component: their steps are run, in real clones."""

from __future__ import annotations

import json
import re
import shutil
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs

import pytest
from junitparser import JUnitXml

from promptctl import __version__
from promptctl.plan import ci_jobs
from promptctl.report.markdown import MARK
from tests.support.ci import (
    ZEROS,
    Server,
    github,
    gitlab_merge_request,
    merge_group_payload,
    pull_request,
    push_payload,
    server_at,
)
from tests.support.jobs import Job, Machine, load, run_github_steps
from tests.support.repos import FIRST, FOLDER, POLICY, Repo, make_repo

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent
REQUIREMENT = f"git-promptctl=={__version__}"
CONTEXTS = {"github.token": "ghs_token", "github.event.pull_request.number": "7"}
pytestmark = pytest.mark.skipif(not shutil.which("jq"), reason="the stand-in for gh needs jq")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server whose main has one release and the job, and whose branch feature edits that release."""
    server = server_at(make_repo(tmp_path / "server").path)
    assert server.promptctl("init", "--no-install", "--ci", "github").code == 0
    server.commit("Adopt promptctl")
    server.switch("feature")
    server.edit()
    server.commit("Edit in place")
    return server


def workflow(repo: Repo) -> dict[str, Any]:
    found: dict[str, Any] = load(repo.path / ci_jobs.GITHUB_FILE)
    return found


def steps_of(repo: Repo) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow(repo)["jobs"]["promptctl"]["steps"]
    return found


def run(machine: Machine, clone: Repo, environment: dict[str, str]) -> Job:
    job = workflow(clone)["jobs"]["promptctl"]
    return run_github_steps(job["steps"], machine, clone.path, {**job["env"], **environment}, CONTEXTS)


@pytest.fixture
def review(server: Server, machine: Machine, tmp_path: Path) -> Callable[[], Job]:
    """Run the job for the pull request of feature, as it is now."""
    counter = iter(range(100))

    def run_once() -> Job:
        server.open_pull_request("feature")
        number = next(counter)
        environment = pull_request(server, tmp_path / f"event{number}")
        machine.file("output").unlink(missing_ok=True)
        return run(machine, server.merge_checkout(tmp_path / f"clone{number}"), environment)

    return run_once


def api(machine: Machine) -> list[tuple[str, str]]:
    """The requests that changed something: the method and the path."""
    calls = [call for call in machine.calls if call[0] == "gh" and "--method" in call]
    return [(call[call.index("--method") + 1], call[call.index("--method") + 2]) for call in calls]


# The workflow for GitHub


def test_the_workflow_runs_for_every_change_that_counts(server: Server) -> None:
    found = workflow(server)
    assert set(found["on"]) == {"pull_request", "merge_group", "push"}
    assert found["on"]["push"] == {"branches": ["main", "rollback/**"]}
    assert {"opened", "synchronize", "reopened"} <= set(found["on"]["pull_request"]["types"])
    assert found["permissions"] == {"contents": "read", "pull-requests": "write"}
    checkout, python, *own = steps_of(server)
    assert checkout["with"] == {"fetch-depth": 0, "filter": "blob:none"}
    for step in (checkout, python):
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"])
    for step in own:
        assert step["run"].startswith("set -euo pipefail\n")
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "what comes from outside may not become part of a script"


def test_an_edit_fails_the_job_and_is_shown_in_a_comment(review: Callable[[], Job], machine: Machine) -> None:
    job = review()
    assert not job.passed
    assert job.outputs == {"result": "failed"}
    assert re.search(rf"^::error title=[^\n]*file={FIRST},line=6", job.printed["Check"], re.MULTILINE)
    assert ["pip", "install", "--quiet", "--disable-pip-version-check", REQUIREMENT] in machine.calls
    assert machine.file("summary").read_text().count(MARK) == 1
    (comment,) = machine.comments
    assert comment["body"].startswith(f"{MARK}\n\n## promptctl: blocked by 1 error\n")
    assert api(machine) == [("POST", "repos/octo-org/prompts/issues/7/comments")]


def test_a_later_run_updates_the_same_comment(review: Callable[[], Job], machine: Machine, server: Server) -> None:
    others = [
        {"id": 1, "user": {"login": "octocat"}, "body": f"{MARK}\nnothing blocks, believe me"},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": f"another tool about {MARK}"},
        {"id": 3, "user": None, "body": None},
    ]
    machine.keep_comments(others)
    assert not review().passed
    server.git("checkout", "--quiet", "feature")
    server.edit()
    server.git("restore", "--source=main", "--", FIRST)
    server.commit("Undo")
    job = review()
    assert (job.passed, job.outputs) == (True, {"result": "passed"})
    assert machine.comments[:3] == others
    (mine,) = machine.comments[3:]
    assert "## promptctl: nothing blocks" in mine["body"]
    assert [method for method, _ in api(machine)] == ["POST", "PATCH"]
    assert api(machine)[1][1] == f"repos/octo-org/prompts/issues/comments/{mine['id']}"


def test_a_change_without_prompts_gets_no_comment(review: Callable[[], Job], machine: Machine, server: Server) -> None:
    server.git("restore", "--source=main", "--", FIRST)
    server.write("notes.txt", "### What blocks\n")
    server.commit("Notes")
    job = review()
    assert job.passed
    assert "there is nothing to comment on" in job.printed["Comment"]
    assert api(machine) == []


@pytest.mark.parametrize("refused", ["POST", "GET", "GET,POST,PATCH"])
def test_without_the_right_to_comment_the_check_alone_decides(
    review: Callable[[], Job], machine: Machine, server: Server, refused: str
) -> None:
    machine.environment["FAKE_REFUSE"] = refused
    job = review()
    assert not job.passed
    assert "::notice title=promptctl::Comments are out of reach here" in job.printed["Comment"]
    assert "HTTP 403" in job.printed["Comment"]
    server.git("checkout", "--quiet", "feature")
    server.git("restore", "--source=main", "--", FIRST)
    server.add_version("1.1.0", "Judge well.", supersedes="1.0.0", summary="Says well.")
    server.commit("A version instead")
    job = review()
    assert job.passed
    assert "Comments are out of reach here" in job.printed["Comment"]
    assert machine.comments == []


def test_without_gh_the_check_alone_decides(review: Callable[[], Job], machine: Machine) -> None:
    (machine.programs / "gh").write_text("#!/no/such/program\n")
    job = review()
    assert not job.passed
    assert "Comments are out of reach here" in job.printed["Comment"]


def test_a_question_without_an_answer_fails_the_job_and_leaves_the_comment_alone(
    server: Server, machine: Machine, tmp_path: Path
) -> None:
    server.open_pull_request("feature")
    environment = pull_request(server, tmp_path / "event")
    clone = server.merge_checkout(tmp_path / "clone", depth=1)
    job = run(machine, clone, environment)
    assert (job.passed, job.outputs) == (False, {"result": "undecided"})
    assert "help: git fetch origin +refs/heads/main:refs/remotes/origin/main" in job.printed["Check"]
    assert "there is no answer to comment on" in job.printed["Comment"]
    assert [call[0] for call in machine.calls] == ["pip"]


def test_an_installation_that_fails_ends_the_job(review: Callable[[], Job], machine: Machine) -> None:
    machine.environment["FAKE_PIP"] = "1"
    job = review()
    assert not job.passed
    assert list(job.printed) == ["Install promptctl"]


def rolled_back(server: Server, more: str = "") -> str:
    """A branch that takes a bad version back, on a server whose main selects it; the branch."""
    config = "defaults:\n  qualify-lead:\n    use: qualify-lead@{}\n    because: In use.\n"
    server.git("switch", "--quiet", "--force", "main")
    server.add_version("1.1.0", "Judge well.", supersedes="1.0.0", summary="Says well.")
    for version in ("1.0.0", "1.1.0"):
        server.write("prompt-config/production.yaml", config.format(version))
        server.commit(f"Select {version}")
    server.switch("rollback/1")
    server.write("prompt-config/production.yaml", config.format("1.0.0") + more)
    server.commit("Back")
    return "rollback/1"


@pytest.mark.parametrize(("more", "passed"), [("", True), ("tenants: {acme: {}}\n", False)])
def test_a_branch_for_a_rollback_has_a_job_of_its_own(
    server: Server, machine: Machine, tmp_path: Path, *, more: str, passed: bool
) -> None:
    branch = rolled_back(server, more)
    clone = server.checkout(tmp_path / "clone", f"refs/heads/{branch}")
    payload = push_payload(ZEROS, server.tip(branch), f"refs/heads/{branch}")
    environment = github("push", payload, tmp_path / "event")
    job = workflow(clone)["jobs"]["promptctl-rollback"]
    assert job["if"] == "${{ startsWith(github.ref, 'refs/heads/rollback/') }}"
    assert workflow(clone)["jobs"]["promptctl"]["if"] == "${{ !startsWith(github.ref, 'refs/heads/rollback/') }}"
    done = run_github_steps(job["steps"], machine, clone.path, {**job["env"], **environment}, CONTEXTS)
    assert (done.passed, list(done.printed)) == (passed, ["Install promptctl", "Fast lane"]), done.printed
    assert ("not-a-rollback" in done.printed["Fast lane"]) is not passed


def test_a_pull_request_for_a_rollback_passes_by_the_lane(server: Server, machine: Machine, tmp_path: Path) -> None:
    branch = rolled_back(server)
    server.open_pull_request(branch)
    environment = pull_request(server, tmp_path / "event") | {"GITHUB_HEAD_REF": branch}
    job = run(machine, server.merge_checkout(tmp_path / "clone"), environment)
    assert (job.passed, job.outputs) == (True, {"result": "passed"})
    assert "::" not in job.printed["Check"]


def test_a_push_is_judged_without_a_comment(server: Server, machine: Machine, tmp_path: Path) -> None:
    before = server.tip("main")
    server.git("checkout", "--quiet", "main")
    server.git("merge", "--quiet", "--no-verify", "feature")
    clone = server.checkout(tmp_path / "clone", "refs/heads/main")
    environment = github("push", push_payload(before, server.tip("main")), tmp_path / "event")
    job = run(machine, clone, environment)
    assert (job.passed, list(job.printed)) == (False, ["Install promptctl", "Check"])
    environment = github("push", push_payload(ZEROS, server.tip("main")), tmp_path / "event")
    assert run(machine, clone, environment).passed


def test_a_merge_queue_is_judged_by_its_own_base(server: Server, machine: Machine, tmp_path: Path) -> None:
    """The change before it in the queue has released the draft that this one edits; main knows of neither."""
    main = server.tip("main")
    server.git("checkout", "--quiet", "-B", "first", "main")
    draft = server.add_version("1.1.0", "Judge well.", supersedes="1.0.0", summary="Says more.")
    server.commit("Release 1.1.0")
    server.git("checkout", "--quiet", "-B", "second", "first")
    server.edit(draft)
    server.commit("Edit what was a draft")
    results = []
    for name, head, base in (("alone", "second", main), ("queued", "second", server.tip("first"))):
        clone = server.checkout(tmp_path / name, f"refs/heads/{head}")
        payload = merge_group_payload(server.tip(head), base)
        job = run(machine, clone, github("merge_group", payload, tmp_path / f"event-{name}"))
        assert list(job.printed) == ["Install promptctl", "Check"]
        results.append((job.passed, "released-version-edited" in job.printed["Check"]))
    assert results == [(True, False), (False, True)]


def test_a_merge_of_depth_two_is_enough(server: Server, machine: Machine, tmp_path: Path) -> None:
    server.open_pull_request("feature")
    clone = server.merge_checkout(tmp_path / "clone", depth=2)
    job = run(machine, clone, pull_request(server, tmp_path / "event"))
    assert (job.passed, job.outputs) == (False, {"result": "failed"})
    assert f"file={FIRST},line=6" in job.printed["Check"]


def test_steps_fail_when_any_part_of_them_does(server: Server, machine: Machine) -> None:
    """The comment step is the only one with a pipe, and what stands before it must not be lost."""
    for step in steps_of(server)[2:]:
        script = step["run"].splitlines()
        head = "\n".join(script[:1])
        assert machine.run(f"{head}\nfalse | true\necho alive", server.path, {}).returncode != 0
        assert machine.run(f"{head}\necho $no_such_variable\necho alive", server.path, {}).returncode != 0


# What `init` writes where


@pytest.fixture
def empty(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "empty")
    repo.path.mkdir()
    repo.git("init", "--quiet")
    return repo


def test_every_branch_of_the_policy_is_watched(empty: Repo) -> None:
    empty.write("promptctl.yaml", POLICY.replace("[main]", '[main, release/1.x, "c++", "!a", "on"]'))
    assert empty.promptctl("init", "--no-install", "--ci", "github").code == 0
    assert empty.promptctl("init", "--no-install", "--ci", "gitlab").code == 0
    *branches, fast = workflow(empty)["on"]["push"]["branches"]
    assert fast == "rollback/**"
    assert branches == ["main", "release/1.x", r"c\+\+", r"\!a", "on"]
    rules = [rule["if"] for rule in load(empty.path / ci_jobs.GITLAB_FILE)["promptctl"]["rules"]]
    assert rules[1:3] == [
        '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "main"',
        '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "release/1.x"',
    ]
    assert len(rules) == 6


@pytest.mark.parametrize("policy", ["protected: [\n", "protected: []\n", ""])
def test_a_policy_that_names_no_branch_leaves_the_one_that_is_found(empty: Repo, policy: str) -> None:
    empty.write("promptctl.yaml", policy)
    assert empty.promptctl("init", "--no-install", "--ci", "github").code == 0
    assert workflow(empty)["on"]["push"]["branches"] == ["main", "rollback/**"]


@pytest.mark.parametrize(("system", "file"), [("github", ci_jobs.GITHUB_FILE), ("gitlab", ci_jobs.GITLAB_FILE)])
def test_a_job_that_is_there_is_never_overwritten(empty: Repo, system: str, file: str) -> None:
    empty.promptctl("init", "--no-install", "--ci", system)
    first = empty.read(file)
    empty.write(file, first + "# ours\n")
    found = empty.promptctl("init", "--no-install", "--ci", system)
    assert (found.code, empty.read(file)) == (0, first + "# ours\n")
    assert f"kept {file} as it is" in found.out
    assert "--dry-run" not in found.out
    empty.write(file, "")
    empty.promptctl("init", "--no-install", "--ci", system)
    assert empty.read(file) == ""


def test_a_dry_run_shows_the_job_and_writes_none(empty: Repo) -> None:
    found = empty.promptctl("init", "--ci", "github", "--dry-run")
    assert "+name: promptctl" in found.out
    assert not (empty.path / ".github").exists()


def test_an_existing_gitlab_file_is_given_the_job_to_add(empty: Repo) -> None:
    empty.write(ci_jobs.GITLAB_FILE, "stages: [test]\nbuild:\n  script: make\n")
    found = empty.promptctl("init", "--no-install", "--ci", "gitlab")
    assert (found.code, empty.read(ci_jobs.GITLAB_FILE)) == (0, "stages: [test]\nbuild:\n  script: make\n")
    assert ".gitlab-ci.yml has jobs of its own; add this one by hand:\n    promptctl:\n      image: " in found.out
    block = re.sub(r"^    ", "", found.out.partition("by hand:\n")[2].partition("\nwhat only")[0], flags=re.MULTILINE)
    assert f"{block}\n" == ci_jobs.gitlab_job(("main",), "")
    empty.write(ci_jobs.GITLAB_FILE, f"build:\n  script: make\n\n{block}\n")
    assert "kept .gitlab-ci.yml as it is" in empty.promptctl("init", "--no-install", "--ci", "gitlab").out


def test_an_unknown_system_is_wrong_usage(empty: Repo) -> None:
    assert empty.promptctl("init", "--ci", "travis").code == 2


def test_a_project_in_a_subfolder(server: Server, machine: Machine, tmp_path: Path) -> None:
    """The job lies at the root of the repository all the same."""
    server.git("checkout", "--quiet", "main")
    server.git("rm", "--quiet", "-r", ".")
    (server.path / "my prompts").mkdir(exist_ok=True)
    assert server.promptctl("-C", "my prompts", "init", "--no-install", "--sample", "--ci", "github").code == 0
    assert server.promptctl("-C", "my prompts", "init", "--no-install", "--ci", "gitlab").code == 0
    server.commit("Move")
    server.git("checkout", "--quiet", "-B", "feature")
    path = "my prompts/prompt-templates/task/summarise-text/1.0.0.md"
    server.write(path, server.read(path) + "More.\n")
    server.commit("Edit in place")
    server.open_pull_request("feature")
    clone = server.merge_checkout(tmp_path / "clone")
    job = run(machine, clone, pull_request(server, tmp_path / "event"))
    assert f"file={path}" in job.printed["Check"]
    assert not job.passed
    variables = load(clone.path / ci_jobs.GITLAB_FILE)["promptctl"]["variables"]
    assert variables["PROMPTCTL_DIRECTORY"] == "my prompts"


# GitLab


def run_gitlab(machine: Machine, job: dict[str, Any], clone: Repo, environment: dict[str, str]) -> tuple[int, str]:
    """Run the script of a job; its artifacts are left in the clone."""
    script = "\n".join(job["script"])
    done = machine.run(script, clone.path, {**job["variables"], **environment})
    return done.returncode, done.stdout + done.stderr


def test_the_gitlab_job_leaves_reports_and_decides(server: Server, machine: Machine, tmp_path: Path) -> None:
    server.git("checkout", "--quiet", "main")
    server.promptctl("init", "--no-install", "--ci", "gitlab")
    server.commit("Add a job")
    server.git("checkout", "--quiet", "feature")
    server.git("rebase", "--quiet", "main")
    job = load(server.path / ci_jobs.GITLAB_FILE)["promptctl"]
    assert job["rules"][0] == {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert job["artifacts"]["when"] == "always"
    clone = server.gitlab_clone(tmp_path / "clone", "feature")
    code, printed = run_gitlab(machine, job, clone, gitlab_merge_request())
    assert code == 1
    assert f"{FIRST}:6:1: error: qualify-lead@1.0.0 is released" in printed
    assert machine.calls == [["pip", "install", "--quiet", "--disable-pip-version-check", REQUIREMENT]]
    reports = job["artifacts"]["reports"]
    (issue,) = json.loads(clone.read(reports["codequality"]))
    assert issue["check_name"] == "released-version-edited"
    (suite,) = JUnitXml.fromstring((clone.path / reports["junit"]).read_bytes())
    assert suite.failures == 1
    clone.git("checkout", "--quiet", "--detach", "origin/main")
    assert run_gitlab(machine, job, clone, gitlab_merge_request())[0] == 0


class Notes(BaseHTTPRequestHandler):
    """The notes of merge request 7 in project 12, as GitLab's API has them; the first was written by somebody else."""

    notes: ClassVar[list[dict[str, Any]]] = []

    def do_GET(self) -> None:
        self.answer(200, self.notes)

    def do_POST(self) -> None:
        self.notes.append({"id": len(self.notes) + 1, "body": self.body(), "mine": True})
        self.answer(201, {})

    def do_PUT(self) -> None:
        note = self.notes[int(self.path.rpartition("/")[2]) - 1]
        if note["mine"]:
            note["body"] = self.body()
        self.answer(200 if note["mine"] else 403, {})

    def body(self) -> str:
        return parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["body"][0]

    def answer(self, code: int, document: object) -> None:
        assert self.path.startswith("/projects/12/merge_requests/7/notes")
        self.send_response(code if self.headers["PRIVATE-TOKEN"] == "glpat-x" else 401)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.skipif(not shutil.which("curl"), reason="the job asks GitLab with curl")
def test_the_gitlab_job_keeps_one_comment_where_it_has_a_token(
    server: Server, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Notes, "notes", [{"id": 1, "body": f"{MARK}\nNothing to see here.", "mine": False}])
    server.promptctl("init", "--no-install", "--ci", "gitlab")
    job = load(server.path / ci_jobs.GITLAB_FILE)["promptctl"]
    clone = server.gitlab_clone(tmp_path / "clone", "feature")
    with ThreadingHTTPServer(("127.0.0.1", 0), Notes) as api:
        Thread(target=api.serve_forever, daemon=True).start()
        place = {"CI_API_V4_URL": f"http://127.0.0.1:{api.server_address[1]}"}
        assert run_gitlab(machine, job, clone, gitlab_merge_request() | place)[0] == 1
        assert run_gitlab(machine, job, clone, gitlab_merge_request() | place | {"PROMPTCTL_TOKEN": "wrong"})[0] == 1
        assert len(Notes.notes) == 1
        environment = gitlab_merge_request() | place | {"PROMPTCTL_TOKEN": "glpat-x"}
        assert run_gitlab(machine, job, clone, environment)[0] == 1
        clone.git("checkout", "--quiet", "--detach", "origin/main")
        (first, blocked) = (note["body"] for note in Notes.notes)
        assert run_gitlab(machine, job, clone, environment)[0] == 0
        api.shutdown()
    assert first == f"{MARK}\nNothing to see here."
    assert "released-version-edited" in blocked
    assert len(Notes.notes) == 2
    assert "released-version-edited" not in Notes.notes[1]["body"]


def test_gitlab_has_a_job_for_rollbacks(server: Server, machine: Machine, tmp_path: Path) -> None:
    branch = rolled_back(server)
    assert server.promptctl("init", "--no-install", "--ci", "gitlab").code == 0
    found = load(server.path / ci_jobs.GITLAB_FILE)["promptctl-rollback"]
    assert found["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH =~ /^rollback\\//'}]
    clone = server.gitlab_clone(tmp_path / "clone", branch)
    (script,) = found["script"]
    done = machine.run(script, clone.path, found["variables"])
    assert done.returncode == 0, done.stdout + done.stderr
    server.edit()
    server.commit("And an edit")
    done = machine.run(script, server.gitlab_clone(tmp_path / "other", branch).path, found["variables"])
    assert (done.returncode, "not-a-rollback" in done.stdout) == (1, True)


def test_the_gitlab_job_ends_where_its_target_cannot_be_fetched(
    server: Server, machine: Machine, tmp_path: Path
) -> None:
    server.promptctl("init", "--no-install", "--ci", "gitlab")
    job = load(server.path / ci_jobs.GITLAB_FILE)["promptctl"]
    clone = server.gitlab_clone(tmp_path / "clone", "feature")
    environment = gitlab_merge_request() | {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "gone"}
    assert run_gitlab(machine, job, clone, environment)[0] not in {0, 1}
    assert run_gitlab(machine, job, clone, {**gitlab_merge_request(), "FAKE_PIP": "1"})[0] == 1
    assert not (clone.path / "promptctl-junit.xml").exists()


# The action and the component of this project


def test_the_action_has_the_same_steps_as_the_workflow(server: Server) -> None:
    action = load(ROOT / "action.yml")
    assert set(action["inputs"]) >= {"version", "base", "format", "args", "comment"}
    assert all(given["default"] is not None and given["description"] for given in action["inputs"].values())
    scripts = {step["name"]: step["run"] for step in action["runs"]["steps"] if "run" in step}
    assert scripts == {step["name"]: step["run"] for step in steps_of(server) if "run" in step}
    assert action["inputs"]["version"]["default"] == __version__
    assert action["outputs"]["result"]["value"] == "${{ steps.check.outputs.result }}"
    used = set(re.findall(r"inputs\.([a-z]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == set(action["inputs"])


def test_the_component_has_the_same_script_as_the_job(server: Server) -> None:
    server.promptctl("init", "--no-install", "--ci", "gitlab")
    job = load(server.path / ci_jobs.GITLAB_FILE)["promptctl"]
    component = load(ROOT / "templates/promptctl.yml")["promptctl"]
    for key in ("script", "artifacts", "image"):
        assert component[key] == job[key]
    text = (ROOT / "templates/promptctl.yml").read_text(encoding="utf-8")
    head, _, body = text.partition("\n---\n")
    declared = set(re.findall(r"^    ([a-z]+):$", head, re.MULTILINE))
    assert set(re.findall(r"\$\[\[ inputs\.([a-z]+) \]\]", body)) == declared


def inputs(**given: str) -> dict[str, str]:
    defaults = {name: value["default"] for name, value in load(ROOT / "action.yml")["inputs"].items()}
    return {f"inputs.{name}": value for name, value in {**defaults, **given}.items()} | CONTEXTS


def run_action(server: Server, machine: Machine, folder: Path, **given: str) -> Job:
    server.open_pull_request("feature")
    environment = pull_request(server, folder / "event")
    clone = server.merge_checkout(folder / "clone")
    steps = load(ROOT / "action.yml")["runs"]["steps"]
    return run_github_steps(steps, machine, clone.path, environment, inputs(**given))


def test_the_action_fails_and_comments(server: Server, machine: Machine, tmp_path: Path) -> None:
    job = run_action(server, machine, tmp_path)
    assert (job.passed, job.outputs) == (False, {"result": "failed"})
    assert len(machine.comments) == 1


def test_the_inputs_of_the_action_are_words_and_no_commands(server: Server, machine: Machine, tmp_path: Path) -> None:
    base = server.tip("feature")
    trap = "$(touch trapped) `touch trapped` ; touch trapped #"
    job = run_action(server, machine, tmp_path, version=f"1.0.0 {trap}", base=base, comment="false")
    assert (job.passed, list(job.printed)) == (True, ["Install promptctl", "Check"])
    assert machine.calls[0][-1] == f"git-promptctl==1.0.0 {trap}"
    more = {"base": trap, "args": f"--strict {FOLDER}/* {trap}", "directory": ".", "format": "json"}
    job = run_action(server, machine, tmp_path / "more", **more)
    assert not job.passed
    for folder in (tmp_path, tmp_path / "more"):
        assert not (folder / "clone" / "trapped").exists()


def test_the_inputs_of_the_action_reach_promptctl(server: Server, machine: Machine, tmp_path: Path) -> None:
    job = run_action(server, machine, tmp_path, args=f"--all {FOLDER}", format="concise")
    assert f"{FIRST}:6:1: error released-version-edited: " in job.printed["Check"]
    assert "::error" not in job.printed["Check"]
    (comment,) = machine.comments
    assert "released-version-edited" in comment["body"]

"""The configuration that promptfoo is given."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from tests.gates.support import gate_production
from tests.support.repos import FOLDER, clone

if TYPE_CHECKING:
    from tests.support.repos import Repo, Result

REF = "qualify-lead@1.1.0"


def export(repo: Repo, *arguments: str) -> Result:
    repo.write("prompt-tests/qualify-lead.yaml", "- vars: {lead: Ada}\n")
    return repo.promptctl("export", "promptfoo", REF, "--tests", "prompt-tests/qualify-lead.yaml", *arguments)


def config(repo: Repo, *arguments: str) -> dict[str, Any]:
    done = export(repo, *arguments)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_prompts_are_bodies_with_a_label_and_digests(repo: Repo) -> None:
    gate_production(repo)
    found = config(repo, "--baseline", "qualify-lead@1.0.0", "--provider", "echo")
    new, old = found["prompts"]
    assert (new["label"], new["raw"]) == (REF, "Judge the lead {{lead}}, and say why.\n")
    assert (old["label"], old["raw"]) == ("qualify-lead@1.0.0", "Judge the lead {{lead}}.\n")
    shown = repo.promptctl("show", REF, "--format", "json").report
    digests = {"ref": REF, "sha256": shown["sha256"], "behaviour": shown["behaviour"]}
    assert new["metadata"] == {"promptctl": digests}
    data = (repo.path / f"{FOLDER}/1.1.0.md").read_bytes()
    assert digests["sha256"] == hashlib.sha256(data).hexdigest()
    assert found["providers"] == ["echo"]
    assert found["tests"] == f"file://{repo.path.resolve()}/prompt-tests/qualify-lead.yaml"


def test_an_empty_baseline_is_none(repo: Repo) -> None:
    gate_production(repo)
    assert [one["label"] for one in config(repo, "--baseline", "")["prompts"]] == [REF]


def test_providers_are_those_of_the_versions_model(repo: Repo) -> None:
    gate_production(repo, more='models: {some/model: [echo, "other:*"]}\n')
    repo.write(f"{FOLDER}/1.1.0.md", repo.read(f"{FOLDER}/1.1.0.md").replace("input:", "model: some/model\ninput:"))
    found = config(repo)
    assert found["providers"] == ["echo"]


def test_without_a_provider_it_says_so(repo: Repo) -> None:
    gate_production(repo)
    done = export(repo)
    assert "providers" not in json.loads(done.out)
    assert "it names no provider" in done.err


def test_settings_of_the_version_go_to_the_provider(repo: Repo) -> None:
    gate_production(repo)
    text = repo.read(f"{FOLDER}/1.1.0.md").replace("input:", "config: {temperature: 0.2}\ninput:")
    repo.write(f"{FOLDER}/1.1.0.md", text)
    assert config(repo)["prompts"][0]["config"] == {"temperature": 0.2}


def test_a_file_in_the_repository_finds_its_tests_in_every_clone(repo: Repo) -> None:
    gate_production(repo)
    first = export(repo, "-o", "evals/config.yaml")
    assert first.code == 0, first.err
    text = repo.read("evals/config.yaml")
    assert json.loads(text)["tests"] == "file://../prompt-tests/qualify-lead.yaml"
    repo.commit()
    other = clone(repo, repo.path.parent / "other")
    assert export(other, "-o", "evals/config.yaml").code == 0
    assert other.read("evals/config.yaml") == text


def test_what_cannot_be_exported_is_said_in_words(repo: Repo) -> None:
    gate_production(repo)
    found = repo.promptctl("export", "promptfoo", REF, "--tests", "nothing.yaml")
    assert (found.code, "there is no file" in found.err) == (2, True)
    found = export(repo, "--baseline", "qualify-lead@9.0.0")
    assert found.code == 2
    repo.write(f"{FOLDER}/1.1.0.md", repo.read(f"{FOLDER}/1.1.0.md").replace("{{lead}}", "{{first-name}}"))
    found = export(repo)
    assert found.code == 1
    assert "cannot render qualify-lead@1.1.0: a variable cannot be called first-name" in found.err

"""Nothing gets past CI and the server, and what is innocent does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bypass.catalogue import EVERY
from tests.bypass.drivers import assert_check, assert_server, judged_by_check
from tests.bypass.scene import UNCHANGED, Bypass, Scene
from tests.support.repos import FOLDER, POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = 40  # the catalogue that is asked for has at least as many


@pytest.mark.parametrize("bypass", EVERY, ids=lambda bypass: bypass.name)
def test_bypass(bypass: Bypass, scene: Scene) -> None:
    bypass.perform(scene)
    assert_check(bypass, judged_by_check(scene))
    assert_server(bypass, scene)


def test_the_catalogue_has_each_bypass_once() -> None:
    names = [bypass.name for bypass in EVERY]
    assert len(names) == len(set(names)) > PARTS
    assert all(bypass.what and "\n" not in bypass.what for bypass in EVERY)
    assert all(bypass.note for bypass in EVERY if UNCHANGED in {bypass.check, bypass.server})


def a_version(scene: Scene) -> None:
    scene.draft("1.2.0")
    scene.repo.commit()


def a_better_draft(scene: Scene) -> None:
    path = scene.draft("1.2.0")
    scene.repo.commit()
    scene.repo.edit(path)
    scene.repo.commit()


def a_draft_that_is_dropped(scene: Scene) -> None:
    a_version(scene)
    scene.repo.git("revert", "--no-edit", "HEAD")


def a_merge_of_main(scene: Scene) -> None:
    scene.draft("1.2.0")
    scene.land()
    scene.repo.git("reset", "--quiet", "--hard", "HEAD~1")
    scene.repo.write("notes.txt", "Meanwhile.")
    scene.repo.commit()
    scene.repo.git("merge", "--quiet", "--no-edit", "--no-verify", "origin/main")


def another_manifest(scene: Scene) -> None:
    path = f"{FOLDER}/prompt.yaml"
    scene.repo.write(path, scene.repo.read(path).replace("recommended: 1.0.0", "recommended: 1.1.0"))
    scene.repo.commit()


def a_policy_that_demands_more(scene: Scene) -> None:
    scene.repo.write("promptctl.yaml", f"{POLICY}rules: {{unused-input: error}}\n")
    scene.draft("1.2.0")
    scene.repo.commit()


def attributes_that_convert_nothing(scene: Scene) -> None:
    scene.repo.write(".gitattributes", "*.md text eol=lf\n*.png filter=lfs -text\nsrc/** ident\n")
    scene.repo.commit()


def code_and_documents(scene: Scene) -> None:
    for path in ("README.md", "src/app.py", "prompt-templates/README.md", f"{FOLDER}/README.md", "prompt-template/x"):
        scene.repo.write(path, "More.\n")
    scene.repo.commit()


INNOCENT = [
    a_version,
    a_better_draft,
    a_draft_that_is_dropped,
    a_merge_of_main,
    another_manifest,
    a_policy_that_demands_more,
    attributes_that_convert_nothing,
    code_and_documents,
]


@pytest.mark.parametrize("change", INNOCENT)
def test_an_innocent_change_passes_the_same_gates(change: Callable[[Scene], None], scene: Scene) -> None:
    innocent = Bypass(change, UNCHANGED, UNCHANGED)
    change(scene)
    assert_check(innocent, judged_by_check(scene))
    assert_server(innocent, scene)

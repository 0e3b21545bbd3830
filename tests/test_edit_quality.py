"""The analysis of bodies against what the authors of real edits said of them."""

from __future__ import annotations

import pytest

from tests.support.edits import Edit, edits, folder, quality


@pytest.fixture(scope="module")
def labelled() -> list[Edit]:
    found = list(edits())
    if not found:
        pytest.skip(f"no labelled edits of prompts in {folder()}: PROMPTCTL_REAL_PROMPTS names a folder that has some")
    return found


def test_a_patch_is_seldom_more_and_a_major_change_never_a_patch(labelled: list[Edit]) -> None:
    found = quality(labelled)
    assert found.found["major", "patch"] == 0
    assert found.precision("patch") >= 0.97
    assert found.recall("patch") >= 0.8
    assert found.precision("major") >= 0.8
    assert found.recall("major") >= 0.6


def test_no_edit_turns_around_into_nothing(labelled: list[Edit]) -> None:
    for edit in labelled:
        assert edit.demanded() != "none"
        assert Edit(edit.name, edit.label, edit.old, edit.old, edit.engine).demanded() == "none"
        assert Edit(edit.name, edit.label, edit.new, edit.old, edit.engine).demanded() != "none"

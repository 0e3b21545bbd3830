from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptctl.core.globs import git_globs, glob_matches, names_something

if TYPE_CHECKING:
    from pathlib import Path

PATHS = ["a", "b.py", "docs/a.md", "docs/x/a.md", "src/a/b/c.py", "src/[id]/b.py", "src/a*b", "x/docs/y", "ab/a b"]
PARTS = st.text(st.sampled_from("ab*?.[]d\\"), min_size=1, max_size=4) | st.sampled_from(
    ["**", "*", "docs", "src", "a", "b.py", "*.md", "*.py", "[id]", "a*b", "**x", "."]
)
PATTERNS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("**", "a", True),
        ("**", "a/b", True),
        ("*", "a/b", True),
        ("*.md", "a/b.md", True),
        ("/*.md", "a/b.md", False),
        ("/*.md", "b.md", True),
        ("./docs/*.md", "docs/a.md", True),
        ("docs", "docs/a/b", True),
        ("docs/", "x/docs/a", True),
        ("/docs/", "x/docs/a", False),
        ("docs/**", "docs/a/b", True),
        ("docs/**", "docs", False),
        ("docs/*", "docs/a/b", True),
        ("docs/*.md", "docs/a/b.md", False),
        ("**/CHANGELOG*", "CHANGELOG.md", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/xb", False),
        ("app/[id]/*", "app/[id]/x", True),
        ("app/[id]/*", "app/i/x", False),
        ("?", "ab", False),
        ("README.MD", "readme.md", False),
        ("a.b", "axb", False),
        ("a", "a\nb", False),
        ("*", "a\nb", True),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert glob_matches((pattern,), path) is expected


def test_letter_case_may_be_folded() -> None:
    assert glob_matches(("*.MD",), "readme.md", fold=True)


def test_no_pattern_matches_nothing() -> None:
    assert not glob_matches((), "a")


@pytest.mark.parametrize(("pattern", "expected"), [("**", False), ("*", False), ("a/**", False), ("a/*.md", True)])
def test_names_something(pattern: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert names_something(pattern) is expected


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose index holds the paths."""
    top: Path = tmp_path_factory.mktemp("globs")
    subprocess.run(["git", "init", "--quiet"], cwd=top, check=True)
    entries = "".join(f"100644 {'1' * 40}\t{root}{path}\0" for path in PATHS for root in ("", "r*[x]/"))
    subprocess.run(["git", "update-index", "-z", "--index-info"], cwd=top, check=True, input=entries.encode())
    return top


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pattern=PATTERNS, root=st.sampled_from(["", "r*[x]/"]))
def test_git_reads_the_same(tree: Path, pattern: str, root: str) -> None:
    specs = [f":(glob){glob}" for glob in git_globs(pattern, root)]
    if not specs:
        return
    listed = subprocess.run(["git", "ls-files", "-z", "--", *specs], cwd=tree, check=True, capture_output=True).stdout
    inside = {f"{root}{path}" for path in PATHS if glob_matches((pattern,), path)}
    found = {name for name in listed.decode().split("\0") if name}
    assert {name for name in found if name.startswith("r*[x]/") == bool(root)} <= inside
    assert inside <= found

"""Prompts that people really wrote, from public collections, as they are and with oddities added.

No collection is part of this repository. `PROMPTCTL_REAL_PROMPTS` names a folder that holds some, one in each of its
folders; without it the tests look beside the repository, and are skipped where there is nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promptctl.core.refs import is_name
from promptctl.core.text import visible_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.repos import Repo, Result

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "scripts" / "import_prompts.py"
IMPORTED = "prompt-templates/imported"
COLLECTIONS = 3
PROMPTS = 30
LONG_LINE = "word " * 40_000


def real_files() -> dict[str, list[Path]]:
    """The files of each collection. A folder of pairs, `<kind>/<owner+repo>__<id>/old.md`, is sorted by repository."""
    named = os.environ.get("PROMPTCTL_REAL_PROMPTS")
    folder = Path(named) if named else ROOT.parent / "shared" / "data" / "edits"
    pairs = [file for file in sorted(folder.glob("*/*__*/*.*")) if file.stem in {"old", "new"}]
    files: dict[str, list[Path]] = {}
    for file in pairs:
        files.setdefault(file.parent.name.partition("__")[0], []).append(file)
    if not pairs and folder.is_dir():
        for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
            files[inner.name] = sorted(path for path in inner.glob("**/*.*") if path.suffix in {".md", ".mdc", ".txt"})
    return {name: found for name, found in files.items() if found}


@pytest.fixture(scope="session")
def collections() -> dict[str, list[Path]]:
    found = real_files()
    if len(found) < COLLECTIONS or sum(map(len, found.values())) < PROMPTS:
        pytest.skip(
            f"no {PROMPTS} prompts of {COLLECTIONS} public collections here: PROMPTCTL_REAL_PROMPTS names a folder"
        )
    return found


def import_into(repo: Repo, *arguments: object) -> str:
    command = [sys.executable, str(SCRIPT), str(repo.path), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def body_of(file: Path) -> bytes:
    """What stands behind the front matter, without the one final newline."""
    head, _, body = file.read_bytes().partition(b"\n---\n")
    assert head.startswith(b"---\nname: ")
    return body.removesuffix(b"\n")


def bodies(repo: Repo) -> dict[str, bytes]:
    return {file.parent.name: body_of(file) for file in sorted((repo.path / IMPORTED).glob("*/1.0.0.md"))}


def findings(result: Result) -> dict[str, list[str]]:
    """The rules that fired, by prompt; never a traceback."""
    assert "Traceback" not in result.err
    assert result.code in {0, 1}, result.err
    found: dict[str, list[str]] = {}
    for finding in result.report["findings"]:
        assert finding["message"]
        found.setdefault(Path(finding["path"]).parent.name, []).append(finding["rule"])
    assert (result.code == 1) == bool(found)
    return found


def staged(folder: Path, collections: dict[str, list[Path]]) -> list[Path]:
    """The collections as folders of their own."""
    for name, files in collections.items():
        for number, file in enumerate(files):
            target = folder / name / f"{number}-{file.parent.name.partition('__')[2] or file.stem}{file.suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return [folder / name for name in collections]


def test_real_prompts_are_clean_or_have_one_finding(
    repo: Repo, tmp_path: Path, collections: dict[str, list[Path]]
) -> None:
    import_into(repo, *staged(tmp_path / "collections", collections))
    written = bodies(repo)
    sources = sorted(file.read_bytes() for files in collections.values() for file in files)
    assert sorted(written.values()) == sources
    assert len(written) >= PROMPTS
    found = findings(repo.check("--all"))
    assert set(found) <= set(written)
    assert all(len(rules) == 1 for rules in found.values()), found
    assert len(found) <= len(written) / 10, found
    repo.commit("Import")
    assert findings(repo.check("--all", "--head", "HEAD")) == found


def test_real_prompts_are_read_byte_for_byte(repo: Repo, tmp_path: Path, collections: dict[str, list[Path]]) -> None:
    few = {name: files[:1] for name, files in list(collections.items())[:COLLECTIONS]}
    import_into(repo, *staged(tmp_path / "collections", few))
    for name, body in bodies(repo).items():
        shown = repo.promptctl("show", f"{name}@1.0.0", "--body")
        assert (shown.code, shown.out) == (0, visible_block(body.decode()) + "\n")
        rendered = repo.promptctl("render", name, "--format", "json")
        assert json.loads(rendered.out)["text"].encode() == body


ODDITIES: dict[str, tuple[Callable[[bytes], bytes], list[str]]] = {
    "rules": (lambda body: b"---\n---\n" + body + b"\n---\n\n--- \n----\n...\n---", []),
    "front-matter": (lambda body: b"---\nname: other\nversion: 9.9.9\n---\n" + body, []),
    "windows": (lambda body: body.replace(b"\n", b"\r\n") + b"\r\n", ["unreadable-file"]),
    "byte-order-mark": (lambda body: b"\xef\xbb\xbf" + body, ["hidden-characters"]),
    "separators": (lambda body: body + "a\u2028b\u2029c\x85d".encode(), []),
    "long-line": (lambda body: body + LONG_LINE.encode(), []),
    "empty": (lambda _: b"", []),
    "only-a-newline": (lambda _: b"\n", []),
    "braces": (lambda body: body + b"{ } {x} {{ not a variable }} {{{y}}} {% raw %} {# {{ {%", []),
    "null": (lambda body: body + b"\0\0", ["unreadable-file"]),
    "latin-1": (lambda body: body + b"\xe9", ["unreadable-file"]),
    "too-large": (lambda body: body + b"x" * 1024 * 1024, ["unreadable-file"]),
    "zero-width": (lambda body: body + "\u200b\u200b".encode(), ["hidden-characters"]),
    "controls": (lambda body: body + b"\x1b[31m\x07\x0c\x0b", []),
}


@pytest.mark.parametrize("template", ["none", "plain"])
def test_oddities_in_real_prompts_have_one_finding_or_none(
    repo: Repo, tmp_path: Path, collections: dict[str, list[Path]], template: str
) -> None:
    clean = [next(filter(is_clean, files)) for files in collections.values() if any(map(is_clean, files))]
    expected = {}
    for oddity, (change, rules) in ODDITIES.items():
        for number, file in enumerate(clean[:COLLECTIONS]):
            target = tmp_path / "odd" / f"{oddity}-{number}.md"
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(change(file.read_bytes()))
            expected |= {target.stem: rules} if rules else {}
    import_into(repo, tmp_path / "odd", "--template", template)
    written = bodies(repo)
    assert written == {file.stem: file.read_bytes() for file in (tmp_path / "odd").iterdir()}
    assert len(written) == COLLECTIONS * len(ODDITIES)
    assert findings(repo.check("--all")) == expected


def is_clean(file: Path) -> bool:
    data = file.read_bytes()
    return data.isascii() and b"\r" not in data


def test_names_are_lawful_and_bodies_are_what_they_were(repo: Repo, tmp_path: Path) -> None:
    files = {
        "a/One Prompt.md": b"one",
        "b/One_Prompt.md": b"two\n",
        "a/one-prompt.txt": b"---\nthree\n---\n",
        f"{'long/' * 30}name.md": b"\xff\xfe",
        "\u63d0\u793a\u8bcd.md": b"\r\n",
        "caf\u00e9 [bold].mdc": b"",
        ".cursorrules": b"\n\n",
        "qualify-lead.md": b"taken in the repository",
        "1.0.0.md": b"x",
        "README.md": b"no prompt",
        ".hidden/a.md": b"no prompt",
        "image.png": b"no prompt",
    }
    for name, data in files.items():
        (tmp_path / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "source" / name).write_bytes(data)
    said = import_into(repo, tmp_path / "source")
    written = bodies(repo)
    assert "imported 9 prompts" in said
    assert sorted(written.values()) == sorted(data for data in files.values() if data != b"no prompt")
    assert all(is_name(name) for name in written)
    assert {"a-one-prompt", "a-one-prompt-2", "b-one-prompt", "qualify-lead-2", "cafe-bold"} <= set(written)
    found = findings(repo.check("--all"))
    assert sorted(rule for rules in found.values() for rule in rules) == ["unreadable-file", "unreadable-file"]


def test_a_limit_counts_for_each_source(repo: Repo, tmp_path: Path) -> None:
    for name in ("a/1.md", "a/2.md", "b/1.md", "b/2.md", "b/3.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    import_into(repo, tmp_path / "a", tmp_path / "b", tmp_path / "b/3.md", "--limit", "2")
    assert sorted(bodies(repo).values()) == [b"a/1.md", b"a/2.md", b"b/1.md", b"b/2.md", b"b/3.md"]
    import_into(repo, tmp_path / "a", "--limit", "1", "--owner", "[team]")
    assert len(bodies(repo)) == len(["a/1", "a/2", "b/1", "b/2", "b/3", "a/1 again"])
    assert findings(repo.check("--all")) == {}


def test_a_source_that_is_not_there_is_said_to_be_missing(repo: Repo, tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), str(repo.path), str(tmp_path / "nowhere")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "no such file or folder" in done.stderr) == (2, True)

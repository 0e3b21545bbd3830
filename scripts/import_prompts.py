"""Turns folders of prompt files, whatever collection they come from, into prompts of a repository.

    python scripts/import_prompts.py TARGET SOURCE... [--limit N] [--owner WHO] [--template ENGINE]

Every text file below a SOURCE becomes `prompt-templates/imported/<name>/1.0.0.md` in TARGET, with a manifest beside
it. Its bytes become the body as they are, right or wrong: `promptctl check --all` says what is wrong with them. Names
are made from paths; one that is taken gets a number. Nothing that is there already is written over.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from promptctl.core.refs import MAX_NAME, name_key
from promptctl.core.text import plural, visible
from promptctl.plan.drafts import manifest_text
from promptctl.plan.yaml_text import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = "prompt-templates"
CATEGORY = "imported"
VERSION = "1.0.0"
SUFFIXES = frozenset({".cursorrules", ".j2", ".jinja", ".jinja2", ".markdown", ".md", ".mdc", ".prompt", ".txt"})
ABOUT_THE_COLLECTION = frozenset({"changelog", "code_of_conduct", "contributing", "license", "readme", "security"})


class Imported(NamedTuple):
    """A file of a collection, and the prompt that was made of it."""

    name: str
    source: Path
    path: Path


def main() -> int:
    """Import what the command line names, and say how much that was."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", type=Path, help="the repository to write into")
    parser.add_argument("sources", type=Path, nargs="+", metavar="source", help="a folder of prompts, or one file")
    parser.add_argument("--limit", type=int, help="take at most this many files of each source")
    parser.add_argument("--owner", default="unknown", help="who answers for the prompts")
    parser.add_argument("--template", default="none", help="the engine that the prompts are written for")
    asked = parser.parse_args()
    missing = [str(source) for source in asked.sources if not source.exists()]
    if missing:
        parser.error(f"no such file or folder: {', '.join(missing)}")
    found = list(import_prompts(asked.target, asked.sources, asked.limit, owner=asked.owner, template=asked.template))
    print(f"imported {plural(len(found), 'prompt')} into {asked.target / FOLDER / CATEGORY}")
    return 0


def import_prompts(
    target: Path, sources: list[Path], limit: int | None = None, *, owner: str = "unknown", template: str = "none"
) -> Iterator[Imported]:
    """Write the prompts one after the other."""
    taken = {name_key(path.parent.name) for path in (target / FOLDER).glob("**/prompt.yaml")}
    for source in sources:
        for file in islice(prompt_files(source), limit):
            where = file.relative_to(source) if source.is_dir() else Path(file.name)
            name = free_name(where, taken)
            taken.add(name)
            folder = target / FOLDER / CATEGORY / name
            folder.mkdir(parents=True)
            front = f"name: {name}\nversion: {VERSION}\npurpose: {scalar(f'Imported from {visible(str(where))}.')}\n"
            head = f"---\n{front}template: {template}\n---\n".encode()
            path = folder / f"{VERSION}.md"
            path.write_bytes(head + file.read_bytes() + b"\n")
            manifest = manifest_text(name=name, owner=owner, recommended=VERSION)
            (folder / "prompt.yaml").write_text(manifest, encoding="utf-8")
            yield Imported(name, file, path)


def prompt_files(source: Path) -> Iterator[Path]:
    """The prompts of a collection, in path order: no hidden folders, and no pages about the collection itself."""
    if source.is_file():
        yield source
        return
    for file in sorted(source.glob("**/*")):
        inner = file.relative_to(source)
        is_hidden = any(part.startswith(".") for part in inner.parts[:-1])
        is_about = file.stem.casefold().replace("-", "_") in ABOUT_THE_COLLECTION
        suffix = file.suffix or file.name  # `.cursorrules` is a whole name
        if (
            suffix.casefold() in SUFFIXES
            and not is_hidden
            and not is_about
            and file.is_file()
            and not file.is_symlink()
        ):
            yield file


def free_name(where: Path, taken: set[str]) -> str:
    """A lawful name that is not taken, as near to the path as that allows."""
    plain = unicodedata.normalize("NFKD", str(where.with_suffix(""))).casefold()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "prompt"
    for number in count(1):
        end = f"-{number}" if number > 1 else ""
        name = words[: MAX_NAME - len(end)].strip("-") + end
        if name_key(name) not in taken:
            return name
    raise AssertionError("there is always one more number")


if __name__ == "__main__":
    sys.exit(main())

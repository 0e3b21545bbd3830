"""Writes what is made from the code: docs/rules/, docs/commands.md, docs/schemas.md, files for CI, test vectors.

With --check it writes nothing, lists the pages that are stale and exits 1 when there are any.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ci_files import action_text, component_text
from conformance import conformance_text
from metaschema import metaschema_text
from typer.main import get_command

from promptctl.cli.app import app
from promptctl.rules.base import WAIVER_ONLY, Rule
from promptctl.rules.registry import REGISTRY
from promptctl.tree.schemas import load_schema, schema_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
RULES = Path("docs/rules")
BAR = r"\|"  # one that ends no cell
NOTICE = "<!-- Made by `make docs`: change {source}, not this page. -->"
SUBJECTS = {
    "file": "single files: those that the change touches, or all of them under `--all`",
    "tree": "files in relation to each other: those that the change touches, or all of them under `--all`",
    "move": "the step from base to head: what differs, under `--all` too",
}
# Fields whose form is checked and that nothing reads yet. Whoever makes one work takes it off this list.
PLANNED = {
    "policy": {
        "regimes",
    },
}


def main() -> int:
    """Write the pages, or say which ones differ from what would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; list what is stale, and exit 1 if any is")
    check: bool = parser.parse_args().check
    wanted = dict(pages())
    stale = sorted(path for path, text in wanted.items() if _read(path) != text)
    left = sorted(_present() - set(wanted))
    for path in stale:
        print(f"{'stale' if check else 'wrote'} {path.as_posix()}")
        if not check:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_bytes(wanted[path].encode())
    for path in left:
        print(f"{'left over' if check else 'removed'} {path.as_posix()}")
        if not check:
            (ROOT / path).unlink()
    if check and (stale or left):
        print("help: make docs", file=sys.stderr)
        return 1
    return 0


def pages() -> Iterator[tuple[Path, str]]:
    """Every page by its path, as it should be."""
    yield RULES / "README.md", rule_index()
    for rule in REGISTRY.values():
        yield RULES / f"{rule.name}.md", rule_page(rule)
    yield Path("docs/commands.md"), commands_page()
    yield Path("docs/schemas.md"), schemas_page()
    yield Path("action.yml"), action_text()
    yield Path("templates/promptctl.yml"), component_text()
    yield Path("promptctl/tree/metaschema.json"), metaschema_text()
    yield Path("schemas/conformance/resolve.jsonl"), conformance_text()


def _present() -> set[Path]:
    return {path.relative_to(ROOT) for path in (ROOT / RULES).glob("*.md")}


def _read(path: Path) -> str | None:
    return (ROOT / path).read_bytes().decode() if (ROOT / path).is_file() else None


# Rules


def rule_page(rule: Rule) -> str:
    """A rule's metadata and its docstring."""
    summary, _, rest = rule.doc.partition("\n")
    rows = (
        ("severity", str(rule.severity)),
        ("family", f"[{rule.family}](README.md#{rule.family})"),
        ("looks at", SUBJECTS[rule.subject]),
        ("depends on the date", "yes, `--now` sets it" if rule.dated else "no"),
        ("a policy may lower it", "no, only [waive](../policy.md#waivers) it" if _only_waived(rule) else "yes"),
    )
    source = f"{rule.check.__module__.replace('.', '/')}.py"
    return _page(source, rule.name, summary, _table(("", ""), rows), rest.strip())


def rule_index() -> str:
    """All rules in tables, one a family."""
    intro = (
        "What `promptctl check` looks for. `promptctl rules` lists the same in a terminal, and `promptctl rules RULE` "
        "shows one page. Errors let the check fail, warnings only with `--strict`, infos never."
    )
    families = dict.fromkeys(rule.family for rule in REGISTRY.values())
    return _page("the docstrings in promptctl/rules/", "Rules", intro, *map(_family, families))


def _family(name: str) -> str:
    rules = [rule for rule in REGISTRY.values() if rule.family == name]
    note = (
        "A policy cannot lower these rules, only [waive](../policy.md#waivers) them.\n\n" if name in WAIVER_ONLY else ""
    )
    rows = ((f"[{rule.name}]({rule.name}.md)", str(rule.severity), rule.summary) for rule in rules)
    return f"## {name}\n\n{note}{_table(('rule', 'severity', 'what'), rows)}"


def _only_waived(rule: Rule) -> bool:
    return rule.family in WAIVER_ONLY


# Commands


def commands_page() -> str:
    """What `--help` says of every command; as tables, because the layout of `--help` changes with typer's version."""
    root: Any = get_command(app)
    found = list(_commands(root, "promptctl"))
    intro = (
        "What `--help` says. Exit codes of every command: 0 nothing wrong; 1 errors found, or refused; 2 wrong usage; "
        "3 could not decide or could not do it; 70 a bug in promptctl."
    )
    contents = "\n".join(f"- [{name}](#{name.replace(' ', '-')}): {_first_line(command)}" for name, command in found)
    before = f"## Before any command\n\n{_options(root)}"
    return _page("promptctl/cli/commands/", "Commands", intro, contents, before, *(_command(*pair) for pair in found))


def _commands(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        path = f"{prefix} {name}"
        if hasattr(command, "commands"):
            yield from _commands(command, path)
        else:
            yield path, command


def _first_line(command: Any) -> str:
    return str(command.help).strip().partition("\n")[0]


def _command(name: str, command: Any) -> str:
    arguments = [item for item in command.params if item.param_type_name == "argument"]
    usage = " ".join([name, "[OPTIONS]", *(str(item.metavar) for item in arguments)])
    text = re.sub(r"^Example: (.*)$", r"```console\n$ \1\n```", str(command.help).strip(), flags=re.MULTILINE)
    parts = [f"## {name}", f"```text\n{usage}\n```", text]
    if arguments:
        parts.append(_table(("argument", ""), [(f"`{item.metavar}`", item.help or "") for item in arguments]))
    return "\n\n".join([*parts, _options(command)])


def _options(command: Any) -> str:
    options = [item for item in command.params if item.param_type_name == "option" and not item.hidden]
    return _table(("option", "default", ""), [(_option(item), _default(item), item.help or "") for item in options])


def _option(item: Any) -> str:
    choices = [str(getattr(choice, "value", choice)) for choice in getattr(item.type, "choices", ())]
    value = "" if item.is_flag else f" {item.metavar or '|'.join(choices)}"
    return f"`{', '.join(item.opts)}{value}`"


def _default(item: Any) -> str:
    value = getattr(item.default, "value", item.default)
    return f"`{value}`" if isinstance(value, str) and value else ""


# Schemas


def schemas_page() -> str:
    """The fields of every kind of file, as its JSON Schema has them."""
    intro = (
        "What the files of a project may hold, made from `schemas/` (JSON Schema, draft 2020-12; the installed package "
        "has them too). `*` in a field stands for any key, `[]` for each item of a list. *Planned* fields are checked "
        "for their form, so that files need no change later, and do nothing else yet."
    )
    kinds = sorted(path.stem for path in schema_folder().glob("*.json"))
    return _page("schemas/", "Schemas", intro, *map(_kind, kinds))


def _kind(name: str) -> str:
    schema = load_schema(name)
    rows = _fields(schema, schema, "", PLANNED.get(name, set()))
    about = f"{schema['title']}, `{schema['$id']}`. {schema['description']}"
    return f"## {name}\n\n{about}\n\n{_table(('field', 'type', 'default', 'meaning'), rows)}"


def _fields(
    schema: Mapping[str, Any], root: Mapping[str, Any], prefix: str, planned: set[str]
) -> Iterator[tuple[str, ...]]:
    named = {f"{prefix}{key}": item for key, item in schema.get("properties", {}).items()}
    named.update({f"{prefix}*": item for item in schema.get("patternProperties", {}).values()})
    for label, raw in named.items():
        item = _resolved(raw, root)
        if label in planned:
            yield f"`{label}`", _type(item, root), "", f"*Planned.* {item['title']}."
            continue
        required = ", required" if label.removeprefix(prefix) in schema.get("required", ()) else ""
        default = f"`{_plain(item['default'])}`" if item.get("default") not in (None, {}, []) else ""
        yield f"`{label}`{required}", _type(item, root), default, str(item.get("description", ""))
        for form in _forms(item, root):
            yield from _fields(form, root, f"{label}.", planned)
        yield from _fields(_resolved(item.get("items", {}), root), root, f"{label}[].", planned)


def _resolved(item: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """A field with what it refers to; what stands beside the reference wins."""
    if "$ref" not in item:
        return dict(item)
    target = root["$defs"][str(item["$ref"]).removeprefix("#/$defs/")]
    return {**target, **{key: value for key, value in item.items() if key != "$ref"}}


def _forms(item: Mapping[str, Any], root: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The forms that a field may have: those between which a value chooses, or the one that it is."""
    return [_resolved(form, root) for form in item.get("oneOf", ())] if "type" not in item else [dict(item)]


def _type(item: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    if "type" not in item and "enum" not in item and "const" not in item:
        return " or ".join(_type(form, root) for form in _forms(item, root))
    if "enum" in item:
        return ", ".join(f"`{_plain(value)}`" for value in item["enum"])
    if "const" in item:
        return f"`{_plain(item['const'])}`"
    if item["type"] == "array":
        return f"list of {_type(_resolved(item['items'], root), root)}"
    words = {"string": "text", "object": "mapping", "boolean": "true or false", "null": "nothing"}
    names = [item["type"]] if isinstance(item["type"], str) else item["type"]
    return " or ".join(words.get(name, name) for name in names)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


# Pages


def _page(source: str, title: str, *parts: str) -> str:
    return "\n\n".join([NOTICE.format(source=source), f"# {title}", *parts]) + "\n"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())

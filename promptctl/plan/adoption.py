"""The files with which a repository adopts promptctl; what is there already is added to, never overwritten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from promptctl.plan.yaml_edit import plain
from promptctl.plan.yaml_text import scalar
from promptctl.tree.nodes import Mapping, Scalar, Sequence, YamlFault, content_end, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.tree.nodes import Node

HOOK_TYPES = ("pre-commit", "pre-merge-commit", "pre-push")
_MARK = "promptctl"

# Hooks that rewrite Markdown: run over a released prompt they edit it in place.
_FORMATTERS = frozenset(
    {
        "end-of-file-fixer",
        "fix-byte-order-marker",
        "markdownlint",
        "markdownlint-cli2",
        "markdownlint-fix",
        "mdformat",
        "mixed-line-ending",
        "prettier",
        "pretty-quick",
        "remove-crlf",
        "remove-tabs",
        "trailing-whitespace",
    }
)


def policy_text(branch: str) -> str:
    """A policy that protects one branch and knows one environment."""
    return (
        "# What promptctl protects in this repository. `promptctl rules` lists what is checked.\n"
        f"protected: [{scalar(branch)}]        # version files on these branches never change\n"
        "environments: [production]\n"
    )


def sources_line(evidence: str) -> str:
    """The line of `.gitattributes` that keeps the bytes of result files, of which evidence has digests."""
    return f"/{evidence}/*/*/sources/** -text !filter !ident !working-tree-encoding"


def attributes_text(old: str, templates: str, evidence: str) -> str | None:
    """`.gitattributes` with the line ends of prompts pinned, result files as they are, and filters off for both.

    None where it says so already.
    """
    lines = (f"/{templates}/** text eol=lf !filter !ident !working-tree-encoding", sources_line(evidence))
    missing = [line for line in lines if line not in old.split("\n")]
    return f"{_ended(old)}{''.join(f'{line}{chr(10)}' for line in missing)}" if missing else None


def owners_text(old: str, root: str) -> str | None:
    """`CODEOWNERS` with a block to fill in; None where it has one."""
    if _MARK in old:
        return None
    blank = "\n" if old else ""
    lines = (
        "# promptctl: who must review what. Put in your teams and take the leading `# ` away.",
        f"# /{root}promptctl.yaml      @your-org/platform",
        f"# /{root}prompt-templates/   @your-org/prompt-owners",
        f"# /{root}prompt-config/      @your-org/release-owners",
    )
    return f"{_ended(old)}{blank}" + "\n".join(lines) + "\n"


def hook_block(root: str, indent: str = "") -> str:
    """The entry of `.pre-commit-config.yaml`: it always runs, because deletions and renames reach no file filter."""
    entry = f"promptctl hook run -C {root.rstrip('/')}" if root else "promptctl hook run"
    lines = (
        "- repo: local",
        "  hooks:",
        "    - id: promptctl",
        "      name: promptctl",
        f"      entry: {entry}",
        "      language: system",
        "      always_run: true",
        "      pass_filenames: false",
        f"      stages: [{', '.join(HOOK_TYPES)}, manual]",
    )
    return "".join(f"{indent}{line}\n" for line in lines)


def hooks_text(old: str | None, root: str) -> str | None:
    """`.pre-commit-config.yaml` with our hook; None where it cannot be added without touching other lines."""
    if old is None or not old.strip():
        return f"default_install_hook_types: [{', '.join(HOOK_TYPES)}]\nrepos:\n{hook_block(root, '  ')}"
    repos = _repos(old)
    if repos is None or repos.flow or not repos.items:
        return None
    first, last = repos.items[0], repos.items[-1]
    line_start = old.rfind("\n", 0, first.start) + 1
    indent = old[line_start : old.find("-", line_start)]
    newline = old.find("\n", content_end(old, last))
    position = len(old) if newline < 0 else newline + 1
    new = f"{_ended(old[:position])}{hook_block(root, indent)}{old[position:]}"
    after = _repos(new)
    kept = after is not None and plain(after)[:-1] == plain(repos)
    return new if kept and not indent.strip() else None


def has_hook(text: str, root: str) -> bool:
    """Whether a hook of ours is configured for the project at `root`, whatever repository it comes from."""
    return re.search(r"id:\s*promptctl\b", text) is not None and (not root or f"-C {root.rstrip('/')}" in text)


def reaching_formatters(text: str, sample: str) -> Iterator[str]:
    """The ids of hooks that would rewrite a file such as `sample`, by their own and the common file filters."""
    root = _parsed(text)
    if not isinstance(root, Mapping) or not _reaches(root, sample):
        return
    repos = _repos(text)
    for repo in repos.items if repos else ():
        hooks = repo.get("hooks") if isinstance(repo, Mapping) else None
        for hook in hooks.items if isinstance(hooks, Sequence) else ():
            name = _value(hook, "id")
            if name in _FORMATTERS and _reaches(hook, sample):
                yield str(name)


def _reaches(node: Node, sample: str) -> bool:
    files, exclude = _value(node, "files"), _value(node, "exclude")
    try:
        return re.search(str(files or ""), sample) is not None and not (exclude and re.search(str(exclude), sample))
    except re.error:
        return True


def _value(node: Node, key: str) -> Any:
    found = node.get(key) if isinstance(node, Mapping) else None
    return found.text if isinstance(found, Scalar) else None


def _repos(text: str) -> Sequence | None:
    root = _parsed(text)
    found = root.get("repos") if isinstance(root, Mapping) else None
    return found if isinstance(found, Sequence) else None


def _parsed(text: str) -> Node | None:
    try:
        return parse_yaml(text)
    except YamlFault:
        return None


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"

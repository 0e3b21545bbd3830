"""Nothing that a repository holds can command a terminal, be taken for markup, or break a report's format."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from promptctl.cli.commands.check import ReportFormat
from tests.support.repos import Repo, clean_environment, make_repo
from tests.support.terminal import commands_in, run_at_terminal, without_styles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.repos import Result

# A colour that promptctl never uses, a link, the end of a title, a C1 command, a bell, markup of rich, and a mirror.
EVIL = "\x1b[35;45mA\x1b]8;;http://evil.invalid\x1b\\B\x1b]0;C\x07\x9b2JD\x07[bold red]E[/][/bold]:smile:"
EVIL += "\u202eF\u2028G\ufffeH"
STYLED = "\x1b[35;45m"
SHOWN = "\\x1b[35;45mA"
MARKUP = "[bold red]E"
PROMPT = "prompt-templates/task/evil-prompt"
NAMES = (
    *(b"a\x1b[35;45m.md", b"line\nfeed.md", b"[bold red]E[].md", b"\x01\x02.md", b"c1-\xc2\x9b2J.md", b"raw-\x9b2J.md"),
    *(b"\xe2\x80\xae.md", b"1.0.0\x1b[35;45m.md", b"tab\t.md", b"1.0.0\xff.md", b"\x07bell", b"carriage\rreturn.md"),
    *("1.0.0\ufffe.md".encode(), b"::error::x%0A.md", b"'quote\".md", b"<b>&amp;`|.md"),
)
FOLDER = b"prompt-templates/task/na\x1b[35;45mme\nE"


def quoted(text: str) -> str:
    """Text in double quotes, with every character that YAML forbids escaped."""
    return json.dumps(text)


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repo]:
    """A repository whose every text is hostile: names, owners, prompts, summaries, messages, authors."""
    folder = tmp_path_factory.mktemp("evil")
    with pytest.MonkeyPatch.context() as monkeypatch:
        clean_environment(monkeypatch, folder)
        repo = make_repo(folder / "repo")
        manifest = f"name: evil-prompt\nowner: {quoted(EVIL)}\nrecommended: 1.0.0\n"
        manifest += f"deprecated:\n  1.0.0: {{replacement: none, reason: {quoted(EVIL)}}}\n"
        repo.write(f"{PROMPT}/prompt.yaml", manifest)
        head = f"---\nname: evil-prompt\npurpose: {quoted(EVIL)}\nmetadata: {{{quoted(EVIL)}: {quoted(EVIL)}}}\n"
        body = f"Body {EVIL} {{{{x}}}}\n\tend\n".replace("\ufffe", "")
        repo.write(f"{PROMPT}/1.0.0.md", f"{head}version: 1.0.0\n---\n{body}")
        repo.git("add", "-A")
        author = {"GIT_AUTHOR_NAME": f"A{EVIL}Z", "GIT_AUTHOR_EMAIL": f"a{STYLED}@example.com"}
        repo.git("commit", "--quiet", "-m", f"Add {EVIL}", env=author)
        more = f"supersedes: 1.0.0\nsummary: {quoted(EVIL)}\n{quoted(EVIL)}: 1\ntags: [{quoted(EVIL)}]\n"
        repo.write(f"{PROMPT}/1.1.0.md", f"{head}version: 1.1.0\n{more}---\nAnother {body}")
        repo.write(f"{PROMPT}/1.2.0.md", f"{head}version: {quoted(EVIL)}\nsupersedes: {quoted(EVIL)}\n---\n{body}")
        raw = os.fsencode(repo.path)
        for name in NAMES:
            (repo.path / PROMPT / os.fsdecode(name)).write_bytes(b"x\n")
        os.makedirs(os.path.join(raw, FOLDER))  # noqa: PTH103, PTH118 - the name is bytes
        (repo.path / os.fsdecode(FOLDER) / "1.0.0.md").write_bytes(b"x\n")
        yield repo


COMMANDS = (
    ("list",),
    ("list", "--format", "json"),
    ("show", "evil-prompt@1.0.0"),
    ("show", "evil-prompt@1.1.0", "--format", "json"),
    ("show", "evil-prompt@1.0.0", "--body"),
    ("diff", "evil-prompt@1.1.0"),
    ("diff", "evil-prompt@1.1.0", "--format", "json"),
    ("diff", "evil-prompt@1.2.0"),
    ("log", "evil-prompt"),
    ("log", "evil-prompt", "--format", "json"),
    ("render", "evil-prompt@1.0.0", "--var", f"x={EVIL}"),
    ("render", "evil-prompt@1.0.0", "--var", f"{EVIL}=x"),
    ("new-version", "evil-prompt", "--bump", "minor", "--dry-run"),
    ("new-version", "evil-prompt", "--version", "9.0.0", "-m", "[bold red]E[/]\x1b[35;45m", "--dry-run"),
    ("renumber", "evil-prompt@1.1.0", "--to", "1.3.0", "--dry-run"),
    ("init", "--dry-run"),
    ("hook", "run"),
    ("audit",),
    ("audit", "--format", "json"),
    ("audit", "--format", "csv"),
    ("show", os.fsdecode(FOLDER).rpartition("/")[2]),
    ("show", f"{EVIL}@1.0.0"),
    ("check", EVIL),
    ("check", "--base", EVIL),
    ("check", "--now", EVIL),
    ("rules", EVIL),
    ("check", "--output", f"/nowhere/{EVIL}"),
    ("-C", f"/nowhere/{EVIL}", "list"),
)
AT_TERMINAL = (
    ("list",),
    ("show", "evil-prompt@1.1.0"),
    ("show", "evil-prompt@1.0.0", "--body"),
    ("diff", "evil-prompt@1.1.0"),
    ("log", "evil-prompt"),
    ("render", "evil-prompt@1.0.0", "--var", "x=1"),
    ("new-version", "evil-prompt", "--bump", "minor", "--dry-run"),
    ("show", f"{EVIL}@1.0.0"),
    ("check", EVIL),
    ("check", "--all"),
    ("check", "--all", "--format", "concise"),
)


def harmless(text: str) -> None:
    assert commands_in(text) == set()
    assert "Traceback" not in text
    assert "has a bug" not in text


def run(repo: Repo, *arguments: str) -> Result:
    result = repo.promptctl(*arguments)
    harmless(result.out + result.err)
    assert result.code in {0, 1, 2, 3}
    return result


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: ascii(" ".join(arguments)[:40]))
def test_no_command_sends_commands(evil: Repo, arguments: tuple[str, ...]) -> None:
    run(evil, *arguments)


@pytest.mark.parametrize("output", list(ReportFormat))
def test_no_report_sends_commands(evil: Repo, output: ReportFormat) -> None:
    result = run(evil, "check", "--all", "--format", output.value)
    assert result.code == 1
    assert "[bold red]E[" in result.out.replace("\\", "").replace("%5B", "[").replace("%20", " ").replace("%5D", "]")
    if output in {ReportFormat.JSON, ReportFormat.SARIF, ReportFormat.GITLAB}:
        assert json.loads(result.out)
        assert result.out.isascii()
    elif output is ReportFormat.JUNIT:
        assert ET.fromstring(result.out).tag == "testsuites"  # noqa: S314 - written by the program under test
    elif output is ReportFormat.GITHUB:
        lines = result.out.splitlines()
        assert all(line.startswith(("::error ", "::warning ", "::notice ", "promptctl: ")) for line in lines)
        assert all(line.count("::") == 2 or not line.startswith("::error::x") for line in lines)
    elif output is ReportFormat.MARKDOWN:
        page = MarkdownIt("commonmark").render(result.out)
        assert "&lt;b&gt;" in page
        assert "<b>&amp;" not in page


def test_markdown_in_a_prompt_formats_no_comment(repo: Repo) -> None:
    body = (
        "One.\n\n# Approved\n\n![a](http://a.invalid) [b](http://b.invalid) **c** </pre></details>\n\n- [x] d\n\n    e"
    )
    repo.add_version("1.1.0", body, supersedes="1.0.0", summary="'[a](http://a.invalid) **b** <i>'")
    text = run(repo, "check", "--format", "markdown").out
    page = MarkdownIt("commonmark").render(text)
    assert not [tag for tag in ("<img", "<a ", "<h1", "<i>", "<em", "<strong>c<", "<strong>b<") if tag in page]
    assert (page.count("<pre>"), page.count("</pre>"), page.count("</details>")) == (1, 1, 1)
    assert "**c**" in page


def test_a_report_in_a_file_is_as_harmless(evil: Repo) -> None:
    target = evil.path / ".git" / "report.txt"
    for output in ReportFormat:
        run(evil, "check", "--all", "--format", output.value, "--output", str(target))
        text = target.read_text(encoding="utf-8")
        harmless(text)
        assert len(text.splitlines()) >= 1


@pytest.mark.parametrize("arguments", AT_TERMINAL, ids=lambda arguments: ascii(" ".join(arguments)[:40]))
def test_at_a_terminal_only_promptctl_chooses_colours(evil: Repo, arguments: tuple[str, ...]) -> None:
    code, sent = run_at_terminal(evil.path, *arguments)
    assert code in {0, 1, 2}
    assert STYLED not in sent
    harmless(without_styles(sent))
    assert SHOWN in without_styles(sent)
    assert MARKUP in without_styles(sent)  # as text


def test_colours_are_there_at_a_terminal_and_nowhere_else(evil: Repo) -> None:
    _, sent = run_at_terminal(evil.path, "check", "--all", columns=40)
    assert "\x1b[" in sent
    plain = without_styles(sent)
    assert plain == run(evil, "check", "--all").out


@pytest.mark.parametrize("wish", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colour_gets_none(evil: Repo, wish: dict[str, str]) -> None:
    _, sent = run_at_terminal(evil.path, "check", "--all", environment=wish)
    assert "\x1b" not in sent
    assert MARKUP in sent


def test_output_that_cannot_show_a_character_escapes_it(evil: Repo) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    for arguments in (("list",), ("show", "evil-prompt@1.0.0"), ("check", "--all")):
        result = evil.promptctl(*arguments, env=ascii_only)
        harmless(result.out + result.err)
        assert result.out.isascii()


def test_an_author_whose_name_holds_the_separator(repo: Repo) -> None:
    repo.add_version("1.1.0", supersedes="1.0.0", summary="Says more.")
    repo.git("add", "-A")
    repo.git("commit", "--quiet", "-m", "Add", env={"GIT_AUTHOR_NAME": "A\x02B\x01C"})
    run(repo, "log", "qualify-lead")


@pytest.mark.parametrize("character", ["\u2028", "\x85"])
def test_a_branch_whose_name_holds_a_line_end(repo: Repo, character: str) -> None:
    repo.write("promptctl.yaml", "protected: [main, release]\n")
    repo.commit("Protect releases")
    repo.git("branch", f"release/1{character}2")
    run(repo, "check")

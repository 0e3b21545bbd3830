from __future__ import annotations

import pytest

from promptctl.bump.prose.structure import signs
from tests.support.edits import Edit

FENCE = "```"
SAME = "# Steps\n\nJudge the lead.\n\n"
STRUCTURE = [
    ("JSON keys", 'Answer with JSON: {"verdict": 1}', 'Answer with JSON: {"decision": 1}'),
    (
        "JSON keys",
        f'The output:\n\n{FENCE}json\n{{"a": 1}}\n{FENCE}',
        f'The output:\n\n{FENCE}json\n{{"a": 1, "b": 2}}\n{FENCE}',
    ),
    ("keys", f"# Output\n\n{FENCE}yaml\nname: x\n{FENCE}", f"# Output\n\n{FENCE}yaml\ntitle: x\n{FENCE}"),
    ("sections", "Put it in a section called SUMMARY.", "Put it in a section called GIST OF IT."),
    ("sections", "# OUTPUT\n\nSUMMARY:\n\nOne line.", "# OUTPUT\n\nSUMMARY:\n\nOne line.\n\nRISKS:\n\nThree points."),
    ("sections", "# Response format\n\n## Verdict\n\nOne line.", "# Response format\n\n## Decision\n\nOne line."),
    ("tags", "Write the answer inside <answer> tags.", "Write the answer inside <result> tags."),
    ("format", "Output the cards as a Markdown table.", "Output the cards as a CSV file."),
    ("format", "Write it in JSON format.", "Write it in YAML format."),
    ("clauses", "Judge it. Answer with one word.", "Judge it. Answer only with one word."),
    ("answers that are allowed", 'Answer only with "yes".', 'Answer only with "lawful".'),
    ("markers", "Write __FILES__ first.", "Write __CHANGES__ first."),
    ("outputs", "**Output**: plan.md, tasks.md", "**Output**: plan.md"),
    ("placeholders", "Start in ${input:folder}.", "Start in ${input:project}."),
    ("placeholders", "Run {SCRIPT} first.", "Run {AGENT_SCRIPT} first."),
    ("number of the body's own version", "---\nversion: 2.0.0\n---\nGo.", "---\nversion: 3.0.0\n---\nGo."),
    ("lines", f"Say exactly:\n\n{FENCE}\n1. Merge\n2. Discard\n{FENCE}", f"Say exactly:\n\n{FENCE}\n1. Merge\n{FENCE}"),
    ("JSON keys", 'Reply with JSON:\n{"catgory": 1}', 'Reply with JSON:\n{"category": 1}'),
    ("JSON keys", 'Reply with JSON:\n{"Verdict": 1}', 'Reply with JSON:\n{"verdict": 1}'),
    ("tags", "Respond with:\n<answer>...</answer>", "Respond with:\n<reason>...</reason>\n<answer>...</answer>"),
    (
        "sections",
        "Structure the answer as follows:\n\n## Gist\n\n## Risks",
        "Structure the answer as follows:\n\n## Sum\n\n## Risks",
    ),
    ("clauses", "Translate it.", "Translate it. Return just the translation, without any explanation."),
    ("choose", "Answer with YES or NO.", "Answer with TRUE or FALSE."),
    ("choose", "Classify it as one of: billing, technical.", "Classify it as one of: billing, sales."),
    ("choose", "Output one of `low`, `high`.", "Output one of `low`, `medium`, `high`."),
    (
        "sections",
        "Your answer must have these headings:\n## Gist\n## Risks",
        "Your answer must have these headings:\n## Gist\n## Dangers",
    ),
    (
        "sections",
        "Structure your response as:\n\n# Gist\n# Next steps",
        "Structure your response as:\n\n# Gist\n# Actions",
    ),
    (
        "sections",
        "Answer like this:\n\n```\n# Gist\nx\n# Risks\n```",
        "Answer like this:\n\n```\n# Gist\nx\n# Dangers\n```",
    ),
    (
        "sections",
        'The output must contain the headings "Gist" and "Risks".',
        'The output must contain the headings "Gist" and "Dangers".',
    ),
    ("sections", "Use these sections: Findings, Risks.", "Use these sections: Findings, Dangers."),
    (
        "sections",
        "Answer with these sections:\n\n- **Gist**: one line\n- **Risks**",
        "Answer with these sections:\n\n- **Gist**: one line\n- **Dangers**",
    ),
    (
        "sections",
        "## Output format\n\n## Gist\nOne.\n\n## Risks\nTwo.",
        "## Output format\n\n## Gist\nOne.\n\n## Dangers\nTwo.",
    ),
    ("tags", "Respond as:\n<thinking>...</thinking>\n<answer>...</answer>", "Respond as:\n<answer>...</answer>"),
    ("choose", "Return one of: A, B, C.", "Return one of: A, B, D."),
    (
        "choose",
        "Answer with one of the following:\n- hot\n- cold",
        "Answer with one of the following:\n- hot\n- mild",
    ),
    ("clauses", "Do not output anything else than the label.", "Give the label and why."),
    ("clauses", "Give the label, without any explanation.", "Give the label."),
    ("parts", "Return JSON with the keys `a` and `b`.", "Return JSON with the keys `a` and `c`."),
    ("parts", "Return a JSON object with fields name and score.", "Return a JSON object with fields name and rating."),
    ("parts", "Output CSV with columns: id,name", "Output CSV with columns: id,title"),
    (
        "columns",
        "Answer with a table:\n\n| id | name |\n|---|---|",
        "Answer with a table:\n\n| id | title |\n|---|---|",
    ),
    ("top level", 'Return JSON:\n{"a": 1}', 'Return JSON:\n[{"a": 1}]'),
    (
        "top level",
        'Return JSON:\n```json\n{\n  "a": 1\n}\n```',
        'Return JSON:\n```json\n[\n  {\n    "a": 1\n  }\n]\n```',
    ),
    ("headings", "## A\n## B\n## C\n## D", "## D\n## E"),
]
OTHER = [
    ("Judge the lead.", "Judge the lead kindly."),
    ("# Notes\n\nKeep it short.", "# Notes\n\nKeep it short.\n\n# More notes\n\nBe kind."),
    ("Be brief.", 'Be brief. The file tsconfig.json has {"strict": true}.'),
    ("Use a table where it helps.", "Use a list where it helps."),
    ("Output Markdown only. Be brief.", "Output pure Markdown only. Be very brief."),
    ("# OUTPUT\n\nRecommedations:\n\nFive.", "# OUTPUT\n\nRecommendations:\n\nAt most five."),
    (f"{FENCE}js\nconst x = `${{name}}`\n{FENCE}", f"{FENCE}js\nconst x = `${{title}}`\n{FENCE}"),
    ("---\nversion: 2.0.0\n---\nGo.", "---\nversion: 2.1.0\n---\nGo on."),
    ("", "Judge the lead."),
    ("Judge it.", "Judge it. Output one of low, high."),
    (
        "## Task\n\nAnswer as a judge:\n\n## Rules\n\nBe kind.",
        "## Task\n\nAnswer as a judge:\n\n## Guidelines\n\nBe kind.",
    ),
    ("# Output format\n\nOne line.\n\n# Notes\n\nBe kind.", "# Output format\n\nOne line.\n\n# Remarks\n\nBe kind."),
    (
        "Answer with these headings:\n\n## Gist\n\n## Rules\nBe kind.",
        "Answer with these headings:\n\n## Gist\n\n## Constraints\nBe kind.",
    ),
    ("Be brief in the report.\n\n# Data\n\nAs given.", "Be brief in the report.\n\n# Facts\n\nAs given."),
    ("Read the input with the fields name and score.", "Read the input with the fields name and rating."),
    ("Return the sections that are short and clear.", "Return the sections that are brief and clear."),
    ("Return one of the best and latest.", "Return one of the best and newest."),
    ("Some rules:\n\n| id | name |\n|---|---|", "Some rules:\n\n| id | title |\n|---|---|"),
    ('Return JSON:\n{"a": 1}', 'Return JSON with the key `a`:\n{"a": 1}'),
    ('Return JSON:\n{"a": 1}', 'Return JSON:\n{"a": 1}\nor\n[{"a": 1}]'),
    ("Plan it.", "Plan it.\n\n**Output**: plan.md"),
]


@pytest.mark.parametrize(("kind", "old", "new"), STRUCTURE)
def test_signs_of_another_structure(kind: str, old: str, new: str) -> None:
    assert any(
        kind in sign.message
        for sign in signs(
            SAME + old if "---" not in old else old, SAME + new if "---" not in new else new, braces=False
        )
    )
    assert any(kind in sign.message for sign in signs(new, old, braces=False)) or kind == "headings"
    assert not list(signs(new, new, braces=False))


@pytest.mark.parametrize(("old", "new"), OTHER)
def test_no_sign_of_another_structure(old: str, new: str) -> None:
    assert [sign.message for sign in signs(old, new, braces=False)] == []


def test_braces_count_where_they_are_no_variables() -> None:
    assert not list(signs("Say {{lead}}.", "Say {{name}}.", braces=False))
    assert list(signs("Say {{lead}}.", "Say {{name}}.", braces=True))


def test_a_sign_stands_where_the_new_fact_does() -> None:
    old = 'Be brief.\n\nAnswer with JSON:\n{"verdict": 1}'
    (sign,) = signs(old, old.replace("verdict", "decision"), braces=False)
    assert sign.line == 3
    assert sign.message == "the JSON keys of the answer changed (gone: verdict; new: decision)"


def test_a_part_of_the_answer_that_is_called_otherwise_is_no_patch() -> None:
    old = "# OUTPUT\n\n## Risk\n\nOne line."
    assert Edit("", "", old, old.replace("Risk", "Risks"), "plain").demanded() == "major"
    assert Edit("", "", old, old.replace("Risk", "Riks"), "plain").demanded() == "patch"
    assert Edit("", "", f"{FENCE}\n{old}\n{FENCE}", f"````\n{old}\n````", "plain").demanded() == "patch"

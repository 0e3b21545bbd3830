"""Reports made by hand: one with everything that a format may have to show, and nothing from a repository."""

from __future__ import annotations

from dataclasses import replace

from promptctl.core.findings import Finding, Related, Severity, Span
from promptctl.core.report import NewVersion, Report, RuleInfo
from promptctl.core.review import Bound, Gated, GateLine, Group, Moving, People, Review, Scopes, Shifted, Undo
from promptctl.core.words import diff_words

FOLDER = "prompt-templates/task/qualify-lead"
HOSTILE = "50% of\r\n::error file=x::stop, `now` | @octocat #1 <b>bold</b> ##[add-mask]x https://evil.example ![i](u)"

RULES = (
    RuleInfo("released-version-edited", Severity.ERROR, "immutability", "A released file differs.", "A released…"),
    RuleInfo("unused-input", Severity.WARNING, "variables", "An input is not used.", "An input…"),
    RuleInfo("waiver-in-use", Severity.INFO, "policy", "A waiver lifts a finding.", "A waiver…"),
)

FINDINGS = (
    Finding(
        "waiver-in-use",
        Severity.INFO,
        "released-version-edited is waived until 2027-01-01: a leaked token",
        "promptctl.yaml",
        Span(4, 3, 4, 20),
        "0",
    ),
    Finding(
        "metadata-invalid",
        Severity.ERROR,
        HOSTILE,
        "prompt-templates/task/a,b:c/1.0.0 ünï\udcff.md",
        None,
        "yaml",
        hint="write 100%: `a`,\n- b",
    ),
    Finding(
        "released-version-edited",
        Severity.ERROR,
        "qualify-lead@1.0.0 is released and was edited in place",
        f"{FOLDER}/1.0.0.md",
        Span(6, 1, 6, 12),
        ref="qualify-lead@1.0.0",
        hint='promptctl new-version qualify-lead --from-edit -m "what changed"',
        related=(Related("promptctl.yaml", "main is protected here", 1, 13),),
    ),
    *(
        Finding(
            "unused-input",
            Severity.WARNING,
            f"the input schema has budget, which the body does not use ({number})",
            f"{FOLDER}/1.1.0.md",
            Span(8, 5, 9, 2),
            "budget",
            ref="qualify-lead@1.1.0",
        )
        for number in (1, 2)
    ),
)

ADDED = (
    NewVersion(
        ref="qualify-lead@1.1.0",
        path=f"{FOLDER}/1.1.0.md",
        follows="qualify-lead@1.0.0",
        level="minor",
        summary="Asks about the budget first, <i>politely</i>.",
        segments=diff_words(
            "---\nversion: 1.0.0\n---\nJudge the lead.\n", "---\nversion: 1.1.0\n---\nJudge it well.\n"
        ),
        demanded="minor",
        reasons=("minor, body: `it` is new | <b>", "patch, purpose: spelling"),
        emergency="safety, INC-1042",
    ),
)

CLEAN = Report(
    tool_version="1.2.3",
    base="b" * 40,
    base_label="origin/main",
    head="a" * 40,
    policy="base",
    prompts=1,
    versions=2,
    findings=(),
    rules=RULES,
)
WHO = People(2, ("acme-health", "<b>globex</b>"), others=True, regimes=(("hipaa", 1),))
REVIEW = Review(
    moving=(
        Moving("staging", readable=False),
        Moving(
            environment="production",
            people=WHO,
            stay=998,
            entries=(
                Shifted(
                    "qualify-lead@1.0.0",
                    "qualify-lead@1.1.0",
                    (Scopes("default", 1, ("qualify-lead",)), Scopes("tenant", 2, ("acme-health",))),
                ),
            ),
            groups=(Group("salesAgent.qualifyLead", "qualify-lead@1.0.0", "qualify-lead@1.1.0", WHO),),
            unlisted="refused",
        ),
    ),
    gated=(
        Gated(
            ref="qualify-lead@1.1.0",
            environment="production",
            baseline="qualify-lead@1.0.0",
            gates=(
                GateLine(
                    gate="evals",
                    regime="hipaa",
                    result="failed",
                    message="cost.change is +20% and must be <= +10%",
                    bounds=(
                        Bound("pass_rate", ">= 0.95", "0.97", "0.96", met=True, provider="openai:gpt"),
                        Bound("cost.change", "<= +10%", "+20%", "0.01", met=False, provider=None),
                        Bound("tokens.change", "<= +10%", None, None, met=None, provider=None),
                    ),
                    by=("recorded by CI", "reviewed by Jane <jane@example.com>"),
                ),
                GateLine("tests", None, "missing", "qualify-lead@1.1.0 has no evidence", (), ()),
            ),
            returns=False,
        ),
        Gated("qualify-lead@1.1.0", "staging", None, (), returns=False),
    ),
    policy=("gates", "waivers"),
    undo=Undo(
        ('promptctl rollback qualify-lead@1.1.0 --env production -m "why"',), ("qualify-lead@1.1.0",), loses=True
    ),
)
REPORT = replace(CLEAN, findings=FINDINGS, added=ADDED, review=REVIEW)

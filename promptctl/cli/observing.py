"""Shows an observation: tables with intervals and small charts, or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promptctl.cli.console import print_lines, print_table
from promptctl.core.styled import Part, line
from promptctl.core.text import plural
from promptctl.core.times import written
from promptctl.metrics.tallies import DURATION, MEANS, RATES
from promptctl.metrics.usage import Measure, Use, uses
from promptctl.operations.observe_record import metric_data

if TYPE_CHECKING:
    from promptctl.core.styled import Role
    from promptctl.metrics.judging import Judged
    from promptctl.operations.observe import Observation

_WIDTH = 20
_SHOWN = 5  # tenants that are named
_ROLES: dict[str, Role] = {"STOP": "error", "PROMOTE": "added", "HOLD": "info", "INCONCLUSIVE": "warning"}
_TITLES = {
    "error_rate": "ERRORS",
    "refusal_rate": "REFUSALS",
    "policy_violation_rate": "VIOLATIONS",
    "slow_rate": "SLOW",
    "quality": "QUALITY",
    "cost": "COST",
    DURATION: "SECONDS",
}


def document(found: Observation) -> dict[str, Any]:
    """The observation as JSON, without the version of the form."""
    subject, rollout = found.subject, found.subject.rollout
    return {
        "verdict": str(found.verdict),
        "reasons": list(found.decision.reasons),
        "name": subject.new.name,
        "environment": subject.environment,
        "from": str(subject.base) if subject.base else None,
        "to": str(subject.new),
        "rollout": {"state": rollout.state, "started": rollout.started, "step": rollout.step} if rollout else None,
        "since": written(found.asked.since) if found.asked.since else None,
        "until": written(found.asked.until),
        "samples": found.seen.samples,
        "metrics": [metric_data(one) for one in found.decision.metrics],
        "versions": [_use(one) for one in uses(found.usage)],
        "left_out": list(found.alone),
        "unreadable": found.counted.unreadable,
        "notes": list(found.counted.notes),
    }


def _use(use: Use) -> dict[str, Any]:
    measures = {
        name: {"value": one.value, "low": one.low, "high": one.high, "n": one.n} for name, one in use.measures.items()
    }
    return {"version": use.version, "calls": use.calls, "share": use.share, **measures}


def show(found: Observation) -> None:
    """Print the observation for a person."""
    subject = found.subject
    against = f" against {subject.base}" if subject.base else ""
    step = f", step {len(subject.steps)}" if subject.rollout else ""
    print_lines([line(Part(f"{subject.new}{against} in {subject.environment}{step}", "strong"))])
    every = uses(found.usage)
    if every:
        _usage(every)
        print_lines([line("")])
    header = ("METRIC", "MARGIN", "NEW", "BEFORE", "N", "VERDICT", "")
    print_table(header, [_row(one) for one in found.decision.metrics])
    print_lines([line("")])
    verdict = str(found.verdict)
    print_lines([line(Part(verdict, _ROLES[verdict])), *(line(f"  {reason}") for reason in found.decision.reasons)])
    if found.alone:
        names = ", ".join(name or "(no tenant)" for name in found.alone[:_SHOWN])
        more = " …" if len(found.alone) > _SHOWN else ""
        print_lines([line(f"left out, with nothing of their own to compare with: {names}{more}")])
    if found.counted.unreadable:
        print_lines([line(Part(f"{plural(found.counted.unreadable, 'record')} could not be read", "warning"))])
    print_lines(line(note) for note in found.counted.notes)


def _usage(every: tuple[Use, ...]) -> None:
    rows = []
    for use in every:
        cells = [_value(name, use.measures[name]) for name in (*MEANS, DURATION)]
        rows.append((use.version, str(use.calls), f"{use.share:.1%}", *cells, "█" * round(use.share * _WIDTH)))
    print_table(("VERSION", "CALLS", "SHARE", *(_TITLES[name] for name in (*MEANS, DURATION)), ""), rows)
    print_lines([line("")])
    told = [name for name in RATES if any(use.measures[name].n for use in every)]
    print_table(
        ("RATE", "VERSION", "VALUE", "95 % INTERVAL", ""),
        [_rate(name, use, _greatest(name, every)) for name in told for use in every],
    )


def _greatest(name: str, every: tuple[Use, ...]) -> float:
    return max((use.measures[name].high or 0.0) for use in every) or 1.0


def _rate(name: str, use: Use, greatest: float) -> tuple[str, ...]:
    one = use.measures[name]
    if one.value is None or one.low is None or one.high is None:
        return (_TITLES[name].lower(), use.version, "-", "-", "")
    interval = f"{one.low:.2%} .. {one.high:.2%}"
    return (_TITLES[name].lower(), use.version, f"{one.value:.2%}", interval, _strip(one, greatest))


def _strip(one: Measure, greatest: float) -> str:
    """The interval as a line, on a scale that all versions share, with a dot where the value is."""
    low, value, high = (round((part or 0.0) / greatest * _WIDTH) for part in (one.low, one.value, one.high))
    cells = ["─" if low <= at <= high else " " for at in range(_WIDTH + 1)]
    cells[value] = "●"
    return "".join(cells).rstrip()


def _value(name: str, one: Measure) -> str:
    if one.value is None:
        return "-"
    width = f" ± {one.high - one.value:.2g}" if one.high is not None else ""
    return f"{one.value:.4g}{width}" if name != "cost" else f"${one.value:.4g}{width}"


def _row(one: Judged) -> tuple[str, ...]:
    form = "{:.2%}" if one.metric in RATES else "{:.4g}"
    new, base = (form.format(value) if value is not None else "-" for value in (one.value, one.baseline))
    return (one.metric, one.margin.text, new, base, f"{one.n}/{one.n_baseline}", str(one.verdict), one.why)

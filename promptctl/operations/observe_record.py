"""Makes evidence out of an observation: an in-toto statement with the verdict and all that it was made of."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from promptctl import __version__
from promptctl.core.times import written
from promptctl.evidence.statement import STATEMENT
from promptctl.metrics.tallies import MEANS, RATES
from promptctl.operations.gate_subject import examined
from promptctl.operations.observe import observation_path
from promptctl.operations.writing import Plan
from promptctl.repo.history import whoever

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promptctl.metrics.comparison import Pair
    from promptctl.metrics.judging import Judged
    from promptctl.metrics.tallies import Tally
    from promptctl.operations.compared import Compared
    from promptctl.operations.observe import Observation

PREDICATE: Final = "urn:promptctl:predicate:observation:1"


def record(views: Compared, found: Observation, source: str) -> Plan:
    """The file that keeps an observation. `source` is where the numbers came from, as the user said it."""
    subject = found.subject
    path = observation_path(views, subject.environment, subject.new)
    text = json.dumps(_statement(views, found, source), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    message = f"Observe {subject.new} in {subject.environment}: {found.verdict}"
    return Plan({path: f"{text}\n".encode()}, message, (f"wrote {path}",))


def _statement(views: Compared, found: Observation, source: str) -> dict[str, Any]:
    refs = [str(ref) for ref in (found.subject.new, found.subject.base) if ref is not None]
    subjects = (examined(views, ref).subject for ref in refs)
    return {
        "_type": STATEMENT,
        "subject": [
            {"name": one.name, "digest": {"sha256": one.sha256, "behaviour": one.behaviour}} for one in subjects
        ],
        "predicateType": PREDICATE,
        "predicate": _predicate(views, found, source),
    }


def _predicate(views: Compared, found: Observation, source: str) -> dict[str, Any]:
    subject, rollout = found.subject, found.subject.rollout
    name, address = whoever(views.repository)
    predicate = {
        "verdict": str(found.verdict),
        "reasons": list(found.decision.reasons),
        "environment": subject.environment,
        "from": str(subject.base) if subject.base else None,
        "to": str(subject.new),
        "rollout": {"strategy": rollout.strategy, "started": rollout.started, "step": rollout.step}
        if rollout
        else None,
        "steps": [written(moment) for moment in subject.steps],
        "since": written(found.asked.since) if found.asked.since else None,
        "until": written(found.asked.until),
        "samples": found.seen.samples,
        "policy": {
            "guard": dict(found.policy.guard),
            "caps": dict(found.policy.caps),
            "alpha": found.policy.alpha,
            "slow": found.asked.slow,
            "min-samples": found.guard.min_samples,
            "min-observation": found.guard.min_observation.total_seconds(),
        },
        "metrics": [metric_data(one) for one in found.decision.metrics],
        "inputs": list(_inputs(found)),
        "source": source,
        "unreadable": found.counted.unreadable,
        "tool": {"name": "promptctl", "version": __version__},
        "recordedAt": written(found.asked.until),
        "recordedBy": f"{name} <{address}>".strip(),
    }
    return {key: value for key, value in predicate.items() if value is not None}


def metric_data(judged: Judged) -> dict[str, Any]:
    """One metric as JSON; evidence is the logarithm of an e-value."""
    return {
        "metric": judged.metric,
        "verdict": str(judged.verdict),
        "margin": judged.margin.text,
        "value": judged.value,
        "baseline": judged.baseline,
        "n": judged.n,
        "n_baseline": judged.n_baseline,
        "evidence": {"worse": judged.stop, "not_worse": judged.promote},
        "why": judged.why or None,
    }


def _inputs(found: Observation) -> Iterator[dict[str, Any]]:
    """What each pair counted, so that the verdict can be worked out again."""
    for pair in found.seen.comparison.pairs:
        yield {"stage": pair.stratum.stage, "tenant": pair.stratum.tenant, **_arms(pair)}


def _arms(pair: Pair) -> dict[str, Any]:
    return {"new": _tally(pair.new.tally), "base": _tally(pair.base.tally)}


def _tally(tally: Tally) -> dict[str, Any]:
    rates = {name: asdict(tally.rate(name)) for name in RATES}
    means = {name: {k: v for k, v in asdict(tally.mean(name)).items() if v is not None} for name in MEANS}
    return {"calls": tally.calls, **rates, **means}

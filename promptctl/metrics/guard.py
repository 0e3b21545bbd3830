"""The guard: one verdict of all metrics, which holds however often it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from promptctl.core.text import plural
from promptctl.core.times import spoken
from promptctl.metrics.judging import Judged, Levels, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from promptctl.metrics.comparison import Comparison
    from promptctl.metrics.margins import Margin
    from promptctl.metrics.tallies import Tally

CAPPED_FROM: Final = 50  # calls from which on a share says something


@dataclass(frozen=True, slots=True)
class Guard:
    """What the policy demands. `stated`: metrics that it names itself, which therefore have to be measured."""

    margins: Mapping[str, Margin]
    stated: frozenset[str]
    caps: Mapping[str, float]
    alpha: float
    min_samples: int
    min_observation: timedelta
    timeout: timedelta

    @property
    def levels(self) -> Levels:
        """A stop needs one metric, so each gets its part of alpha; a promotion needs all of them."""
        return Levels(self.alpha / max(len(self.margins), 1), self.alpha)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a rollout.

    `new` is every call of the new version since the start, whoever made it; `samples` are those of the present step,
    and `observed` is how long that step has lasted, None where there is no rollout.
    """

    comparison: Comparison
    new: Tally
    samples: int
    observed: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """A cap that was exceeded."""

    metric: str
    cap: float
    share: float
    n: int


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, its reasons, and what it is made of."""

    verdict: Verdict
    reasons: tuple[str, ...]
    metrics: tuple[Judged, ...]
    breaches: tuple[Breach, ...] = ()


def decide(guard: Guard, seen: Seen) -> Decision:
    """STOP before anything else; without data never anything but INCONCLUSIVE."""
    levels = guard.levels
    metrics = tuple(
        judge(name, margin, seen.comparison, levels, guard.caps.get(name)) for name, margin in guard.margins.items()
    )
    breaches = _breaches(guard, seen.new)
    stops = [
        f"{one.metric} is {one.share:.1%} of {plural(one.n, 'call')}: the cap is {one.cap:.1%}" for one in breaches
    ]
    stops += [f"{one.metric} is proved {one.why}" for one in metrics if one.verdict is Verdict.STOP]
    if stops:
        return Decision(Verdict.STOP, tuple(stops), metrics, breaches)
    if not seen.new.calls:
        return Decision(Verdict.INCONCLUSIVE, ("nobody has called the version yet",), metrics)
    if not seen.comparison.pairs:
        why = "there is nothing to compare with: nobody who calls the version has calls of the one before it"
        return Decision(Verdict.INCONCLUSIVE, (why,), metrics)
    lacking = tuple(_lacking(guard, seen, metrics))
    if not lacking:
        return Decision(Verdict.PROMOTE, ("every metric is proved not worse than its margin",), metrics)
    if seen.observed is not None and seen.observed > guard.timeout:
        late = f"{spoken(guard.timeout)} have passed without an answer: a human decides"
        return Decision(Verdict.INCONCLUSIVE, (late, *lacking), metrics)
    return Decision(Verdict.HOLD, lacking, metrics)


def enough(guard: Guard, seen: Seen) -> tuple[str, ...]:
    """What a step lacks of the policy's samples and time; nothing where it has both."""
    found = []
    if seen.samples < guard.min_samples:
        found.append(f"{plural(seen.samples, 'call')} in this step, and the policy asks for {guard.min_samples}")
    if seen.observed is not None and seen.observed < guard.min_observation:
        lasted, asked = spoken(seen.observed), spoken(guard.min_observation)
        found.append(f"the step has lasted {lasted}, and the policy asks for {asked}")
    return tuple(found)


def _lacking(guard: Guard, seen: Seen, metrics: tuple[Judged, ...]) -> list[str]:
    found = list(enough(guard, seen))
    waited = [one for one in metrics if one.verdict is not Verdict.PROMOTE and not _is_optional(guard, one)]
    found += [f"{one.metric}: {one.why or 'neither proved worse nor not worse yet'}" for one in waited]
    if not any(one.verdict is Verdict.PROMOTE for one in metrics):
        found.append("no metric is proved")
    return found


def _is_optional(guard: Guard, judged: Judged) -> bool:
    """A metric that neither the policy names nor anybody measures: it is shown, and not waited for."""
    return judged.n == 0 and judged.n_baseline == 0 and judged.metric not in guard.stated


def _breaches(guard: Guard, new: Tally) -> tuple[Breach, ...]:
    found = []
    for name, cap in guard.caps.items():
        count = new.rate(name)
        if count.share is not None and count.n >= CAPPED_FROM and count.share > cap:
            found.append(Breach(name, cap, count.share, count.n))
    return tuple(found)

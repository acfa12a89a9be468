"""
From a filter's text to whoever is told: trail, log group, filter, metric, alarm, topic.

In:    evidence, and an `Scanner`: what it wants of each link, as data.
Out:   a `ControlResult` for each control that the auditor has.
Never: a rule of one auditor. Those stand in the auditor's own module.

The best filter decides. Where none passes, the reason is told of the one that came farthest.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from trailbell.audit.controls import CONTROLS, Control
from trailbell.audit.inventory import Alarm, Filter, Inventory, Reference, Trail
from trailbell.audit.pattern_text_match import ExpectedPattern

# Below this a text is not told as the nearest one: it is about something else.
_NEAR = 0.5


@dataclass(frozen=True)
class ControlResult:
    """A control at an auditor: the filter that passes, or what is missing; what was assumed."""

    control: Control
    passed: bool
    reason: str
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """What an auditor wants of each link.

    ``trail`` tells what is wrong with a trail for a control, or None. The rest: whether an
    alarm must be on the filter's namespace too, have an action, have its actions on, and ring
    a topic that somebody subscribed to.
    """

    name: str
    texts: Mapping[str, ExpectedPattern]
    trail: Callable[[Trail, Control], str | None]
    namespace: bool
    action: bool
    enabled: bool
    subscription: bool


@dataclass(frozen=True)
class _Outcome:
    """How far a filter came (the higher, the farther), and why not farther."""

    reached: float
    reason: str
    assumed: tuple[str, ...] = ()


_TEXT, _TRAIL, _ALARM, _ACTION, _TOPIC, _PASSED = range(6)


def evaluate(auditor: Scanner, evidence: Inventory) -> tuple[ControlResult, ...]:
    """The grade of each control that the auditor has."""
    return tuple(
        _grade(auditor, control, evidence) for control in CONTROLS if control.key in auditor.texts
    )


def _grade(auditor: Scanner, control: Control, evidence: Inventory) -> ControlResult:
    nothing = _Outcome(-1, "no metric filter with this text")
    outcomes = (_outcome(auditor, control, found, evidence) for found in evidence.filters)
    best = max((nothing, *outcomes), key=lambda outcome: (outcome.reached, -len(outcome.assumed)))
    passed = best.reached == _PASSED
    return ControlResult(control, passed, best.reason, best.assumed if passed else ())


def _outcome(auditor: Scanner, control: Control, found: Filter, evidence: Inventory) -> _Outcome:
    """How far one filter comes, over its best trail, alarm and topic."""
    misses = [auditor.texts[control.key].miss(text) for text in found.patterns]
    if None not in misses:
        near = max((miss for miss in misses if miss), key=lambda miss: miss.likeness, default=None)
        if near is None or near.likeness < _NEAR:
            return _Outcome(-1, "no metric filter with this text")
        return _Outcome(
            near.likeness / 2,
            f"no metric filter with this text; nearest is {found.place}: {near.difference}",
        )
    notes = found.notes
    if len(misses) > 1:
        notes += (f"{found.place} has the text that passes, of those it can have",)
    trail = max(_trails(auditor, control, found, evidence), key=_by_reach)
    if trail.reached != _PASSED:
        return trail
    alarm = max(_alarms(auditor, found, evidence), key=_by_reach)
    if alarm.reached != _PASSED:
        return alarm
    assumed = tuple(dict.fromkeys(notes + trail.assumed + alarm.assumed))
    return _Outcome(_PASSED, found.place, assumed)


def _by_reach(outcome: _Outcome) -> tuple[float, int]:
    return outcome.reached, -len(outcome.assumed)


def _trails(
    auditor: Scanner, control: Control, found: Filter, evidence: Inventory
) -> Iterator[_Outcome]:
    reason = f"{found.place}: no trail writes to its log group{_why(found.log_group)}"
    yield _Outcome(_TRAIL, reason)
    for trail in evidence.trails:
        link = found.log_group.link(trail.log_group) if trail.log_group else None
        if link is None:
            continue
        fault = auditor.trail(trail, control)
        if fault:
            yield _Outcome(_TRAIL + 0.5, f"{trail.place} {fault}")
        else:
            yield _Outcome(_PASSED, trail.place, trail.notes + link)


def _alarms(auditor: Scanner, found: Filter, evidence: Inventory) -> Iterator[_Outcome]:
    reason = f"{found.place}: no alarm on its metric {found.metric.shown}{_why(found.metric)}"
    yield _Outcome(_ALARM, reason)
    for alarm in evidence.alarms:
        if not alarm.metric.same(found.metric):
            continue
        told = alarm.metric.told + found.metric.told
        if auditor.namespace and not alarm.namespace.same(found.namespace):
            yield _Outcome(
                _ALARM + 0.5,
                f"{alarm.place} is on the namespace {alarm.namespace.shown}, "
                f"not {found.namespace.shown}{_why(alarm.namespace, found.namespace)}",
            )
            continue
        if auditor.namespace:
            told += alarm.namespace.told + found.namespace.told
        best = max(_topics(auditor, alarm, evidence), key=_by_reach)
        yield replace(best, assumed=tuple(dict.fromkeys(told + best.assumed)))


def _topics(auditor: Scanner, alarm: Alarm, evidence: Inventory) -> Iterator[_Outcome]:
    if not auditor.action:
        yield _Outcome(_PASSED, alarm.place, alarm.notes)
        return
    if not alarm.actions:
        yield _Outcome(_ACTION, f"{alarm.place} has no action")
        return
    if auditor.enabled and not alarm.enabled:
        yield _Outcome(_ACTION, f"{alarm.place} has its actions switched off")
        return
    if not auditor.subscription:
        yield _Outcome(_PASSED, alarm.place, alarm.notes)
        return
    reason = f"{alarm.place}: nobody subscribes to its topic{_why(*alarm.actions)}"
    yield _Outcome(_TOPIC, reason)
    for action in alarm.actions:
        for subscription in evidence.subscriptions:
            link = action.link(subscription.topic)
            if link is not None:
                yield _Outcome(_PASSED, alarm.place, alarm.notes + subscription.notes + link)
        if action.assumed and not evidence.topics:
            fits = (f"{action.shown} is the one that fits: {why}" for why in action.assumed)
            told = (*action.told, *fits, f"somebody subscribes to {action.shown}")
            yield _Outcome(_PASSED, alarm.place, alarm.notes + told)


def _why(*references: Reference) -> str:
    """Why imports cannot be told, after a reason."""
    unclear = dict.fromkeys(why for reference in references for why in reference.unclear)
    return "".join(f"; {why}" for why in unclear)

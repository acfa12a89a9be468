"""
From a filter pattern to a subscription: trail, log group, metric filter, metric, alarm, topic.

In:    an inventory, and a `Scanner`: what it requires of each link in this chain, as data.
Out:   a `ControlResult` for each control that the scanner has.
Never: a rule of one scanner. These are in the module of the scanner.

The best metric filter decides. If none passes, the reason is that of the one that meets the most
requirements.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from trailbell.audit.controls import CONTROLS, Control
from trailbell.audit.inventory import Alarm, Inventory, MetricFilter, Reference, Trail
from trailbell.audit.pattern_text_match import ExpectedPattern

_MIN_SIMILARITY = 0.5
"""A less similar pattern is about something else and is not reported as the closest one."""


@dataclass(frozen=True)
class ControlResult:
    """
    The result of a control at a scanner.

    ``reason`` is the metric filter that passes, or what is missing. ``assumptions`` are those under
    which the control passes.
    """

    control: Control
    passed: bool
    reason: str
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """
    What a compliance scanner requires of each link.

    ``patterns``: the expected filter pattern for each control, by its key. ``check_trail`` returns
    what is wrong with a trail for a control, or `None`. The others: whether an alarm must have the
    namespace of the metric filter, an action, enabled actions, and a topic with a subscription.
    """

    name: str
    patterns: Mapping[str, ExpectedPattern]
    check_trail: Callable[[Trail, Control], str | None]
    requires_namespace: bool
    requires_action: bool
    requires_enabled_actions: bool
    requires_subscription: bool


@dataclass(frozen=True)
class _Outcome:
    """
    How far a metric filter came, and the reason why not farther.

    ``progress`` is one of the steps below; a fraction ranks the outcomes of one step.
    """

    progress: float
    reason: str
    assumptions: tuple[str, ...] = ()


_NOTHING, _PATTERN, _TRAIL, _ALARM, _ACTION, _TOPIC, _PASSED = range(-1, 6)
_NO_PATTERN = "No metric filter has the expected pattern."


def evaluate(scanner: Scanner, inventory: Inventory) -> tuple[ControlResult, ...]:
    """Evaluate each control that the scanner has."""
    return tuple(
        _evaluate_control(scanner, control, inventory)
        for control in CONTROLS
        if control.key in scanner.patterns
    )


def _evaluate_control(scanner: Scanner, control: Control, inventory: Inventory) -> ControlResult:
    outcomes = (
        _evaluate_filter(scanner, control, metric_filter, inventory)
        for metric_filter in inventory.filters
    )
    best = max((_Outcome(_NOTHING, _NO_PATTERN), *outcomes), key=_rank)
    passed = best.progress == _PASSED
    return ControlResult(control, passed, best.reason, best.assumptions if passed else ())


def _rank(outcome: _Outcome) -> tuple[float, int]:
    """Rank outcomes: the one with the most progress, then the one with the fewest assumptions."""
    return outcome.progress, -len(outcome.assumptions)


def _evaluate_filter(
    scanner: Scanner, control: Control, metric_filter: MetricFilter, inventory: Inventory
) -> _Outcome:
    """Evaluate one metric filter with the best trail, alarm, and topic for it."""
    expected = scanner.patterns[control.key]
    mismatches = [expected.compare(text) for text in metric_filter.patterns]
    if None not in mismatches:
        nearest = max(filter(None, mismatches), key=lambda m: m.similarity, default=None)
        if nearest is None or nearest.similarity < _MIN_SIMILARITY:
            return _Outcome(_NOTHING, _NO_PATTERN)
        return _Outcome(
            _PATTERN + nearest.similarity / 2,
            f"{_NO_PATTERN} Closest: {metric_filter.label}; {nearest.difference}.",
        )
    assumptions = metric_filter.assumptions
    if len(mismatches) > 1:
        assumptions += (f"{metric_filter.label} has the one of its patterns that passes.",)
    trail = max(_check_trails(scanner, control, metric_filter, inventory), key=_rank)
    if trail.progress != _PASSED:
        return trail
    alarm = max(_check_alarms(scanner, metric_filter, inventory), key=_rank)
    if alarm.progress != _PASSED:
        return alarm
    unique = dict.fromkeys(assumptions + trail.assumptions + alarm.assumptions)
    return _Outcome(_PASSED, metric_filter.label, tuple(unique))


def _check_trails(
    scanner: Scanner, control: Control, metric_filter: MetricFilter, inventory: Inventory
) -> Iterator[_Outcome]:
    group = metric_filter.log_group
    reason = f"No trail delivers to the log group of {metric_filter.label}.{_unresolved(group)}"
    yield _Outcome(_TRAIL, reason)
    for trail in inventory.trails:
        link = group.assumptions_to_match(trail.log_group) if trail.log_group else None
        if link is None:
            continue
        problem = scanner.check_trail(trail, control)
        if problem:
            yield _Outcome(_TRAIL + 0.5, f"{trail.label} {problem}.")
        else:
            yield _Outcome(_PASSED, trail.label, trail.assumptions + link)


def _check_alarms(
    scanner: Scanner, metric_filter: MetricFilter, inventory: Inventory
) -> Iterator[_Outcome]:
    metric, namespace = metric_filter.metric, metric_filter.namespace
    yield _Outcome(
        _ALARM,
        f"No alarm monitors the metric of {metric_filter.label}, {metric.label}."
        f"{_unresolved(metric)}",
    )
    for alarm in inventory.alarms:
        if not alarm.metric.matches(metric):
            continue
        assumptions = alarm.metric.assumptions + metric.assumptions
        if scanner.requires_namespace and not alarm.namespace.matches(namespace):
            yield _Outcome(
                _ALARM + 0.5,
                f"{alarm.label} has the namespace {alarm.namespace.label} instead of "
                f"{namespace.label}.{_unresolved(alarm.namespace, namespace)}",
            )
            continue
        if scanner.requires_namespace:
            assumptions += alarm.namespace.assumptions + namespace.assumptions
        best = max(_check_topics(scanner, alarm, inventory), key=_rank)
        yield replace(best, assumptions=tuple(dict.fromkeys(assumptions + best.assumptions)))


def _check_topics(scanner: Scanner, alarm: Alarm, inventory: Inventory) -> Iterator[_Outcome]:
    if not scanner.requires_action:
        yield _Outcome(_PASSED, alarm.label, alarm.assumptions)
        return
    if not alarm.actions:
        yield _Outcome(_ACTION, f"{alarm.label} has no alarm actions.")
        return
    if scanner.requires_enabled_actions and not alarm.has_enabled_actions:
        yield _Outcome(_ACTION, f"The alarm actions of {alarm.label} are disabled.")
        return
    if not scanner.requires_subscription:
        yield _Outcome(_PASSED, alarm.label, alarm.assumptions)
        return
    reason = f"The topic of {alarm.label} has no subscriptions.{_unresolved(*alarm.actions)}"
    yield _Outcome(_TOPIC, reason)
    for action in alarm.actions:
        for subscription in inventory.subscriptions:
            link = action.assumptions_to_match(subscription.topic)
            if link is not None:
                assumptions = alarm.assumptions + subscription.assumptions + link
                yield _Outcome(_PASSED, alarm.label, assumptions)
        if action.why_unknown and not inventory.topics:
            existence = (*action.matching_assumptions, f"{action.label} has a subscription.")
            assumptions = alarm.assumptions + action.assumptions + existence
            yield _Outcome(_PASSED, alarm.label, assumptions)


def _unresolved(*references: Reference) -> str:
    """Why imports are unresolved, to be added to a reason."""
    reasons = dict.fromkeys(why for reference in references for why in reference.unresolved)
    return "".join(f" {reason}" for reason in reasons)

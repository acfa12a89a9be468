"""The notifications of alarms: examples, and the same as the evaluation of every minute."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import PROJECT
from tests.replay.hits import ACCOUNT, OTHER_ACCOUNT, arn, detection, hit, timing
from trailbell.catalog.detection import Detection, Timing
from trailbell.compiler.discovery import discover
from trailbell.replay.alarm.clock import ring, ring_all, rule_messages
from trailbell.replay.alarm.delivery import SCENARIOS, TYPICAL, Delivery
from trailbell.replay.alarm.evaluation import (
    AlarmSettings,
    Match,
    State,
    evaluate_minutes,
    notifications,
    settings_of,
    state_changes,
)
from trailbell.replay.detection import ReplayDetection, RuleReceives
from trailbell.replay.hit import Hit
from trailbell.replay.model import Notification, Range

START = 1_764_201_600  # 2025-11-27 00:00 UTC
_DELAY = TYPICAL.usual
_MULTI_DAY = timing(period=3600, of=1, in_last=25, threshold=2)
_DETECTIONS = discover("detections", Detection).objects
_TIMINGS = (
    *dict.fromkeys(each.timing for each in _DETECTIONS),
    timing(period=60),
    timing(period=10),
    timing(period=120, of=2, in_last=3),
    timing(period=60, of=3, in_last=3, threshold=2),
    timing(period=300, of=1, in_last=2, threshold=2),
    _MULTI_DAY,
)

# ------------------------------------------------------------------------------ the reference


def _reference(
    detection: ReplayDetection, hits: Sequence[Hit], arrivals: frozenset[int], delivery: Delivery
) -> tuple[Notification, ...]:
    """The notifications of one alarm, evaluated minute by minute. ``arrivals`` are delivered."""
    alarm, zero = settings_of(detection.timing), detection.timing.default_value
    minute_of = {h: (h.time - START + delivery.delay(h.event_id)) // 60 for h in hits}
    reach = alarm.points_read * alarm.period_minutes
    number = max(minute_of.values(), default=0) + reach + 70
    matches = [Match(minute) for minute in minute_of.values()]
    states = evaluate_minutes(alarm, matches, arrivals, zero=zero, minutes=number)
    assert not states or states[-1] is State.OK
    exists = {*minute_of.values(), *(arrivals if zero else ())}
    leaves = [each.minute for each in state_changes(states) if each.after is State.OK]
    spans = zip((each.minute for each in notifications(states)), leaves, strict=True)
    told: list[tuple[int, int, list[Hit]]] = []
    for sent, until in spans:
        ends = range(sent, sent - reach, -alarm.period_minutes)
        points = [set(range(end - alarm.period_minutes + 1, end + 1)) for end in ends]
        minutes = set().union(*[p for p in points if p & exists][: alarm.evaluation_periods])
        told.append((sent, until, [h for h in hits if minute_of[h] in minutes]))
    known: set[Hit] = {h for _, _, counted in told for h in counted}
    before: set[Hit] = set()
    result = []
    for sent, until, counted in told:
        masked = [h for h in hits if sent < minute_of[h] < until and h not in known]
        result.append((sent, until, counted, masked, len({*counted} - before)))
        before |= {*counted}
    return tuple(
        Notification(
            detection=detection.id,
            installation="",
            first=min(h.time for h in counted),
            sent=START + (sent + 1) * 60,
            until=START + (until + 1) * 60,
            hits=new,
            told=tuple(sorted({h.identity for h in counted})),
            masked=tuple(sorted({h.identity for h in masked} - {h.identity for h in counted})),
            masked_hits=len(masked),
        )
        for sent, until, counted, masked, new in result
    )


_MINUTES = 90


@st.composite
def _hits(draw: st.DrawFn) -> tuple[Hit, ...]:
    minutes = draw(st.sampled_from((3, 20, _MINUTES)))
    times = draw(st.lists(st.integers(0, minutes * 60), max_size=12))
    names = st.sampled_from(("alice", "bob", "carol"))
    found = (hit(START + time, number, draw(names)) for number, time in enumerate(times))
    return tuple(sorted(found, key=lambda each: each.time))


_ARRIVALS = st.none() | st.frozensets(st.integers(0, _MINUTES), max_size=60)
_ALL_TIMINGS = st.sampled_from(_TIMINGS)
_DELIVERIES = st.sampled_from(SCENARIOS)


def _sorted_names(notification: Notification) -> Notification:
    told, masked = sorted(notification.told), sorted(notification.masked)
    return replace(notification, told=tuple(told), masked=tuple(masked))


def _since_1970(arrivals: frozenset[int] | None) -> Mapping[str, frozenset[int]]:
    return {} if arrivals is None else {ACCOUNT: frozenset(START // 60 + a for a in arrivals)}


def _groups(minutes: frozenset[int], period: int) -> list[set[int]]:
    """Minutes of which each is at most a period after the one before it."""
    groups: list[set[int]] = []
    for minute in sorted(minutes):
        if groups and minute - max(groups[-1]) <= period:
            groups[-1].add(minute)
        else:
            groups.append({minute})
    return groups


@given(
    hits=_hits(),
    arrivals=_ARRIVALS,
    timing=_ALL_TIMINGS,
    default=st.fixed_dictionaries({"default_value": st.booleans()}),
    delivery=_DELIVERIES,
)
def test_notifications_are_those_of_an_evaluation_of_every_minute(
    hits: tuple[Hit, ...],
    arrivals: frozenset[int] | None,
    timing: Timing,
    default: dict[str, Any],
    delivery: Delivery,
) -> None:
    each = detection(replace(timing, **default))
    rung = ring(each, hits, _since_1970(arrivals), delivery, per_account=False)
    late = round(delivery.usual / 60)
    always = frozenset(range(2 * 24 * 60))
    others = arrivals
    if arrivals is not None and delivery.seed:
        own = {(h.time - START) // 60 for h in hits}
        groups = _groups(arrivals, settings_of(timing).period_minutes)
        others = frozenset(minute for group in groups if not group <= own for minute in group)
    arrived = always if others is None else frozenset(minute + late for minute in others)
    assert tuple(map(_sorted_names, rung)) == _reference(each, hits, arrived, delivery)


# ------------------------------------------------------------------------------ the deployed alarms


@pytest.mark.parametrize("stack", ["security-alerts", "cis", "impact", "data"])
def test_the_alarms_in_dist_are_those_that_are_evaluated(stack: str) -> None:
    """The alarm clock knows only alarms that treat missing data as notBreaching."""
    template = json.loads((PROJECT / "dist" / f"{stack}.json").read_text("utf-8"))
    alarms = {
        each["Properties"]["MetricName"]: each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    }
    evaluated = [each for each in _DETECTIONS if each.logical_id in alarms]
    assert {
        each.logical_id: (settings_of(each.timing), "Sum", "GreaterThanOrEqualToThreshold")
        for each in evaluated
    } == {
        each.logical_id: (
            AlarmSettings(
                period=(alarm := alarms[each.logical_id])["Period"],
                evaluation_periods=alarm["EvaluationPeriods"],
                datapoints_to_alarm=alarm["DatapointsToAlarm"],
                threshold=alarm["Threshold"],
                treat_missing_data=alarm["TreatMissingData"],
            ),
            alarm["Statistic"],
            alarm["ComparisonOperator"],
        )
        for each in evaluated
    }
    assert len(evaluated) > 5


# ------------------------------------------------------------------------------ who is named

_SENT = (_DELAY // 60 + 1) * 60
"""The seconds until an event of a full minute is notified."""


def _ring(*hits: Hit, timing: Timing | None = None) -> tuple[Notification, ...]:
    return ring(detection(timing), hits, {}, TYPICAL, per_account=False)


def _notification(sent: int, **members: Any) -> Notification:
    notification = Notification(
        detection="new-user",
        installation="",
        first=START,
        sent=START + sent,
        until=START + sent + 300,
        hits=1,
        told=(arn("alice"),),
        masked=(),
        masked_hits=0,
    )
    return replace(notification, **members)


@pytest.mark.parametrize(
    ("hits", "threshold", "expected"),
    [
        pytest.param((), 1, (), id="without hits there is none"),
        pytest.param((0, 1), 3, (), id="two of three events send none"),
        pytest.param((0, 1, 300), 3, (), id="three events of six minutes send none"),
        pytest.param((0,), 1, (_notification(_SENT),), id="one event is notified"),
        pytest.param(
            (0, 0, 240),
            3,
            (_notification(_SENT + 240, until=START + _SENT + 300, hits=3),),
            id="the third event within five minutes sends it, and the first leaves soon",
        ),
        pytest.param(
            (0, 240),
            1,
            (_notification(_SENT, until=START + _SENT + 540, masked_hits=1),),
            id="a caller that is named is not masked, but the event is",
        ),
        pytest.param(
            (0, 300),
            1,
            (_notification(_SENT, until=START + _SENT + 600, masked_hits=1),),
            id="an event when the other leaves keeps the alarm in ALARM",
        ),
        pytest.param(
            (0, 360),
            1,
            (_notification(_SENT), _notification(_SENT + 360, first=START + 360)),
            id="an event after six minutes is notified again",
        ),
    ],
)
def test_notifications_of_events_of_one_caller(
    hits: tuple[int, ...], threshold: int, expected: tuple[Notification, ...]
) -> None:
    found = [hit(START + time, number) for number, time in enumerate(hits)]
    assert _ring(*found, timing=timing(threshold=threshold)) == expected


def test_another_caller_while_the_alarm_is_in_alarm_is_masked() -> None:
    hits = hit(START, 1), hit(START + 60, 2, "bob"), hit(START + 120, 3), hit(START + 121, 4, "bob")
    (notification,) = _ring(*hits)
    assert notification == _notification(
        _SENT, until=START + _SENT + 420, masked=(arn("bob"),), masked_hits=3
    )


def test_an_event_that_the_next_notification_counts_is_not_masked() -> None:
    """The alarm leaves ALARM for a minute, and two events that it counted count again."""
    hits = [hit(START + time, time) for time in (0, 1, 2, 240, 241, 360)]
    first, second = _ring(*hits, timing=timing(threshold=3))
    assert first == _notification(_SENT, hits=3)
    assert second == _notification(
        _SENT + 360, until=START + _SENT + 540, first=START + 240, hits=3
    )


def test_an_event_that_counts_twice_is_in_the_number_of_the_first_notification() -> None:
    """Without the default value, an older data point is read again when the newest has no value.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    hits = [hit(START + time, time) for time in (0, 1, 240)]
    no_default = timing(threshold=3, default_value=False)
    assert _ring(*hits, timing=no_default) == (
        _notification(_SENT + 240, until=START + _SENT + 300, hits=3),
        _notification(_SENT + 540, until=START + _SENT + 600, hits=0),
        _notification(_SENT + 840, until=START + _SENT + 900, hits=0),
    )


def test_one_event_of_a_quiet_account_can_be_notified_three_times() -> None:
    """Another event follows in the next minute, and then none.

    The minutes 4 to 8 have the event, 5 to 9 have the 0 of the other one, 6 to 10 have no value,
    so that the next older data point counts, of the minutes 1 to 5, which has the event. The same
    happens five minutes later.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    minute = START // 60
    arrivals = {ACCOUNT: frozenset({minute, minute + 1})}
    assert ring(detection(), [hit(START)], arrivals, TYPICAL, per_account=False) == (
        _notification(_SENT),
        _notification(_SENT + 360, until=START + _SENT + 600, hits=0),
        _notification(_SENT + 660, until=START + _SENT + 900, hits=0),
    )


def test_each_account_has_its_own_alarm() -> None:
    hits = hit(START, 1), hit(START, 2, account=OTHER_ACCOUNT)
    alone = [
        ring(detection(), hits, {}, TYPICAL, per_account=per_account)
        for per_account in (True, False)
    ]
    assert alone == [
        (
            _notification(_SENT, installation=ACCOUNT),
            _notification(_SENT, installation=OTHER_ACCOUNT),
        ),
        (_notification(_SENT, hits=2),),
    ]


_NEVER_BUSY = frozenset({START // 60})


@pytest.mark.parametrize(
    ("arrivals", "installations", "minutes"),
    [
        pytest.param(
            {}, "per account", 5, id="an account of which nothing is known has events always"
        ),
        pytest.param({OTHER_ACCOUNT: _NEVER_BUSY}, "one", 5, id="the same in an alarm for all"),
        pytest.param(
            {ACCOUNT: _NEVER_BUSY}, "per account", 15, id="no event is delivered afterwards"
        ),
        pytest.param(
            {ACCOUNT: _NEVER_BUSY, OTHER_ACCOUNT: frozenset({START // 60 + 7})},
            "per account",
            15,
            id="events of other accounts are not those of this alarm",
        ),
        pytest.param(
            {ACCOUNT: _NEVER_BUSY, OTHER_ACCOUNT: frozenset({START // 60 + 7})},
            "one",
            7,
            id="an event of another account publishes 0 in an alarm for all",
        ),
    ],
)
def test_an_alarm_leaves_alarm_when_zero_is_published(
    arrivals: Mapping[str, frozenset[int]], installations: str, minutes: int
) -> None:
    per_account = installations == "per account"
    (each,) = ring(detection(), [hit(START)], arrivals, TYPICAL, per_account=per_account)
    assert each.until - each.sent == minutes * 60


def test_an_alarm_for_all_has_events_always_if_nothing_is_known_of_one_account() -> None:
    hits = hit(START, 1), hit(START, 2, account=OTHER_ACCOUNT)
    known = {ACCOUNT: _NEVER_BUSY}
    assert ring(detection(), hits, known, TYPICAL, per_account=False) == (
        _notification(_SENT, hits=2),
    )


# ------------------------------------------------------------------------------ properties


@given(hits=_hits(), timing=_ALL_TIMINGS, delivery=_DELIVERIES)
def test_each_hit_is_told_once_or_masked_once_or_neither(
    hits: tuple[Hit, ...], timing: Timing, delivery: Delivery
) -> None:
    rung = ring(detection(timing), hits, {}, delivery, per_account=False)
    told_or_masked = sum(each.hits + each.masked_hits for each in rung)
    if timing.threshold == timing.datapoints_to_alarm == 1:
        assert told_or_masked == len(hits)
    else:
        assert told_or_masked <= len(hits)


@given(hits=_hits(), timing=_ALL_TIMINGS, delivery=_DELIVERIES)
def test_too_few_hits_send_none(hits: tuple[Hit, ...], timing: Timing, delivery: Delivery) -> None:
    few = hits[: timing.threshold * timing.datapoints_to_alarm - 1]
    assert ring(detection(timing), few, {}, delivery, per_account=False) == ()


@given(
    hits=_hits(),
    timing=_ALL_TIMINGS,
    delivery=_DELIVERIES,
    minutes=st.integers(-10_000, 10_000),
    arrivals=_ARRIVALS,
    order=st.randoms(use_true_random=False),
)
def test_order_and_a_shift_by_whole_minutes_change_nothing(
    hits: tuple[Hit, ...],
    timing: Timing,
    delivery: Delivery,
    minutes: int,
    arrivals: frozenset[int] | None,
    order: random.Random,
) -> None:
    if timing == _MULTI_DAY:
        minutes *= 60
    shifted = [replace(each, time=each.time + minutes * 60) for each in hits]
    order.shuffle(shifted)
    known = _since_1970(arrivals)
    later = {name: frozenset(m + minutes for m in known[name]) for name in known}
    assert ring(detection(timing), shifted, later, delivery, per_account=False) == tuple(
        replace(
            each,
            first=each.first + minutes * 60,
            sent=each.sent + minutes * 60,
            until=each.until + minutes * 60,
        )
        for each in ring(detection(timing), hits, known, delivery, per_account=False)
    )


@given(
    seconds=st.lists(st.integers(0, 299), max_size=15),
    threshold=st.sampled_from((1, 3, 5, 10)),
    start=st.integers(0, 59),
)
def test_hits_of_one_period_send_one_notification_from_the_threshold_on(
    seconds: list[int], threshold: int, start: int
) -> None:
    """So more matches of one period never send fewer notifications. It is not true for longer."""
    minute = START + start * 60 - _DELAY % 60
    hits = [hit(minute + second, number) for number, second in enumerate(seconds)]
    assert len(_ring(*hits, timing=timing(threshold=threshold))) == (len(hits) >= threshold)


def test_a_match_in_between_can_leave_one_notification_of_two() -> None:
    """The counterexample: the alarm stays in ALARM from the first match to the last."""
    first, between, last = hit(START, 1), hit(START + 240, 2), hit(START + 480, 3)
    assert [len(_ring(first, last)), len(_ring(first, between, last))] == [2, 1]


@given(hits=_hits(), more=_hits(), timing=_ALL_TIMINGS, delivery=_DELIVERIES)
def test_with_more_matches_the_first_notification_is_never_later(
    hits: tuple[Hit, ...], more: tuple[Hit, ...], timing: Timing, delivery: Delivery
) -> None:
    """An alarm is in ALARM for at least as long with more matches, if zero is always published."""
    added = [replace(each, event_id=f"more-{each.event_id}") for each in more]
    few = ring(detection(timing), hits, {}, delivery, per_account=False)
    many = ring(detection(timing), [*hits, *added], {}, delivery, per_account=False)
    spans = [(each.sent, each.until) for each in many]
    assert all(any(s <= each.sent and each.until <= u for s, u in spans) for each in few)


@given(hits=_hits(), timing=_ALL_TIMINGS)
def test_the_range_is_that_of_all_scenarios(hits: tuple[Hit, ...], timing: Timing) -> None:
    each = detection(timing)
    rung = [ring(each, hits, {}, delivery, per_account=True) for delivery in SCENARIOS]
    numbers = [*map(len, rung)]
    assert ring_all(each, hits, {}, per_account=True) == (
        rung[0],
        Range(min(numbers), numbers[0], max(numbers)),
    )


# ------------------------------------------------------------------------------ rules


@pytest.mark.parametrize(
    ("rule", "messages"),
    [
        pytest.param(RuleReceives.NOTHING, None, id="without a rule there are no messages"),
        pytest.param(RuleReceives.WRITES, 2, id="most rules do not receive read-only events"),
        pytest.param(RuleReceives.READS_AND_WRITES, 3, id="a rule for reads receives all"),
    ],
)
def test_a_rule_sends_a_message_for_each_event_that_it_receives(
    rule: RuleReceives, messages: int | None
) -> None:
    hits = hit(START, 1), hit(START, 2), hit(START, 3, is_read=True)
    assert rule_messages(detection(rule=rule), hits) == messages


def test_an_event_alone_is_notified_once_whatever_its_delay() -> None:
    """Its account has no other event, so nothing publishes 0 before or after it."""
    hits = [hit(number * 7_200, number) for number in range(200)]
    arrivals = {ACCOUNT: frozenset(each.time // 60 for each in hits)}
    notifications, sent = ring_all(detection(), hits, arrivals, per_account=True)
    assert (len(notifications), sent) == (200, Range(200, 200, 200))


def test_other_events_of_the_same_minutes_publish_zero() -> None:
    """An event two minutes later is not that of the match, and can bring it back."""
    hits = [hit(number * 7_200, number) for number in range(200)]
    minutes = {each.time // 60 for each in hits}
    arrivals = {ACCOUNT: frozenset(minutes | {minute + 2 for minute in minutes})}
    assert ring_all(detection(), hits, arrivals, per_account=True)[1].high > 200

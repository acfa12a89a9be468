"""The notifications of log alarms: one for each contributor."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.replay.hits import ACCOUNT, OTHER_ACCOUNT, arn, detection, hit, timing
from trailbell.catalog.detection import Timing
from trailbell.replay.alarm.clock import ring, ring_all
from trailbell.replay.alarm.delivery import SCENARIOS, TYPICAL, Delivery
from trailbell.replay.alarm.log_alarm import MAX_CONTRIBUTORS, contributor_of
from trailbell.replay.detection import LogAlarmSchedule
from trailbell.replay.hit import Hit
from trailbell.replay.model import Notification, Range

_HOUR = 1_764_201_600
_START = _HOUR - TYPICAL.usual
"""An event of this time is in the log group at a full hour, when a query runs."""
_ONE = LogAlarmSchedule(run_every=300, start_offset=900, end_offset=0)
_COUNT = LogAlarmSchedule(run_every=300, start_offset=900, end_offset=600)
_SEVERAL = LogAlarmSchedule(run_every=120, start_offset=720, end_offset=600)
_GAPS = LogAlarmSchedule(run_every=300, start_offset=200, end_offset=80)


def _ring(
    hits: Sequence[Hit], schedule: LogAlarmSchedule = _ONE, alarm: Timing | None = None
) -> tuple[Notification, ...]:
    return ring(detection(alarm, log_alarm=schedule), hits, {}, TYPICAL, per_account=False)


def _notification(sent: int, until: int, who: str = "alice", **members: Any) -> Notification:
    """Times are in seconds since the delivery of an event of _START."""
    notification = Notification(
        detection="new-user",
        installation="",
        first=_START,
        sent=_HOUR + sent,
        until=_HOUR + until,
        hits=1,
        told=(arn(who),),
        masked=(),
        masked_hits=0,
        contributor=arn(who),
    )
    return replace(notification, **members)


@pytest.mark.parametrize(
    ("hits", "schedule", "threshold", "expected"),
    [
        pytest.param((), _ONE, 1, (), id="without hits there is none"),
        pytest.param(
            (hit(_START, 1), hit(_START, 2, "bob")),
            _COUNT,
            2,
            (),
            id="events of two callers are not counted together",
        ),
        pytest.param(
            (hit(_START), hit(_START + 300)), _COUNT, 2, (), id="nor those of two periods"
        ),
        pytest.param((hit(_START + 50),), _GAPS, 1, (), id="nor an event that no run reads"),
        pytest.param(
            (hit(_START),), _ONE, 1, (_notification(300, 1200),), id="three runs find one event"
        ),
        pytest.param(
            (hit(_START, 1), hit(_START + 10, 2, "bob")),
            _ONE,
            1,
            (
                _notification(300, 1200),
                _notification(300, 1200, "bob", first=_START + 10),
            ),
            id="each caller is notified",
        ),
        pytest.param(
            (hit(_START, 1), hit(_START + 310, 2), hit(_START + 1300, 3)),
            _ONE,
            1,
            (_notification(300, 2400, masked_hits=2),),
            id="while it is found there is no other notification",
        ),
        pytest.param(
            (hit(_START, 1), hit(_START + 1200, 2)),
            _ONE,
            1,
            (_notification(300, 1200), _notification(1500, 2400, first=_START + 1200)),
            id="a caller that was in no result is notified again",
        ),
        pytest.param(
            (hit(_START, 1), hit(_START + 299, 2)),
            _COUNT,
            2,
            (_notification(900, 1200, hits=2),),
            id="events of one period are counted when it has ended long enough ago",
        ),
    ],
)
def test_notifications_of_a_log_alarm(
    hits: tuple[Hit, ...],
    schedule: LogAlarmSchedule,
    threshold: int,
    expected: tuple[Notification, ...],
) -> None:
    assert _ring(hits, schedule, timing(threshold=threshold)) == expected


def test_a_caller_without_events_in_a_result_leaves_alarm_whatever_was_before() -> None:
    """Two of three results would still breach.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html
    """
    hits = [hit(_START + time, time) for time in (0, 1, 120, 121)]
    alarm = timing(period=120, of=2, in_last=3, threshold=2)
    assert _ring(hits, _SEVERAL, alarm) == (_notification(840, 960, hits=4),)


def test_each_account_has_its_own_log_alarm() -> None:
    hits = hit(_START, 1), hit(_START, 2, account=OTHER_ACCOUNT)
    each = detection(log_alarm=_ONE)
    assert ring(each, hits, {}, TYPICAL, per_account=True) == (
        _notification(300, 1200, installation=ACCOUNT),
        _notification(300, 1200, installation=OTHER_ACCOUNT),
    )


@pytest.mark.parametrize(
    ("members", "name"),
    [
        pytest.param({"principal_arn": ""}, "unknown", id="nothing is known"),
        pytest.param({"principal_arn": "", "caller": "bob"}, "bob", id="a sign-in that failed"),
        pytest.param(
            {"principal_arn": "", "caller": "AWSService", "service": "s3.amazonaws.com"},
            "s3.amazonaws.com",
            id="an AWS service",
        ),
        pytest.param(
            {"role_arn": "arn:role", "principal_arn": "arn:session"},
            "arn:session",
            id="a session of a role",
        ),
    ],
)
def test_the_contributor_is(members: dict[str, Any], name: str) -> None:
    assert contributor_of(hit(_START, **members)) == name


# ------------------------------------------------------------------------------ at most a hundred


def _crowd(time: int, size: int, prefix: str) -> list[Hit]:
    return [hit(time, time + number, f"{prefix}{number:03}") for number in range(size)]


def test_at_most_a_hundred_are_in_alarm_at_once() -> None:
    notifications = _ring(_crowd(_START, MAX_CONTRIBUTORS + 1, "u"))
    assert [each.contributor for each in notifications] == [
        arn(f"u{number:03}") for number in range(MAX_CONTRIBUTORS)
    ]


def test_those_with_the_most_events_come_first() -> None:
    late = [hit(_START, 10_000, "zoe"), hit(_START, 10_001, "zoe")]
    notifications = _ring([*_crowd(_START, MAX_CONTRIBUTORS, "u"), *late])
    names = [each.contributor for each in notifications]
    assert (len(names), names[-1]) == (MAX_CONTRIBUTORS, arn("zoe"))


def test_when_one_leaves_another_goes_into_alarm() -> None:
    crowd = [*_crowd(_START, 1, "a"), *_crowd(_START + 300, MAX_CONTRIBUTORS, "u")]
    notifications = _ring(crowd)
    last = notifications[-1]
    assert len(notifications) == MAX_CONTRIBUTORS + 1
    assert last == _notification(1200, 1500, f"u{MAX_CONTRIBUTORS - 1:03}", first=_START + 300)


def test_one_that_waits_until_it_is_no_longer_in_a_result_is_never_notified() -> None:
    late = hit(_START, 10_000, "zoe")
    later = [hit(_START + 300, 20_000 + number, f"u{number:03}") for number in range(100)]
    notifications = _ring([*_crowd(_START, MAX_CONTRIBUTORS, "u"), late, *later])
    assert {each.sent for each in notifications} == {_HOUR + 300}
    assert arn("zoe") not in {each.contributor for each in notifications}


# ------------------------------------------------------------------------------ the reference


def _reference(
    hits: Sequence[Hit], schedule: LogAlarmSchedule, alarm: Timing, delivery: Delivery
) -> list[tuple[str, int, int]]:
    """When each contributor goes into ALARM and leaves it, from the count of each run."""
    result = []
    for name in {contributor_of(each) for each in hits}:
        times = [h.time + delivery.delay(h.event_id) for h in hits if contributor_of(h) == name]
        counts: list[int] = []
        since = 0
        for now in range(_HOUR, _HOUR + 20_000, schedule.run_every):
            window = range(now - schedule.start_offset, now - schedule.end_offset)
            counts.append(sum(time in window for time in times))
            recent = counts[-alarm.evaluation_periods :]
            breaching = sum(count >= alarm.threshold for count in recent)
            is_in_alarm = counts[-1] > 0 and breaching >= alarm.datapoints_to_alarm
            if is_in_alarm and not since:
                since = now
            elif since and not is_in_alarm:
                result.append((name, since, now))
                since = 0
    return sorted(result, key=lambda each: (each[1], each[0]))


@given(
    times=st.lists(st.tuples(st.integers(0, 6000), st.sampled_from("ab")), max_size=12),
    schedule=st.sampled_from((_ONE, _COUNT, _SEVERAL, _GAPS)),
    alarm=st.sampled_from(
        (timing(), timing(threshold=2), timing(of=2, in_last=3, threshold=2), timing(in_last=2))
    ),
    delivery=st.sampled_from(SCENARIOS),
)
def test_notifications_are_those_of_an_evaluation_of_every_run(
    times: list[tuple[int, str]], schedule: LogAlarmSchedule, alarm: Timing, delivery: Delivery
) -> None:
    hits = [hit(_HOUR + time, number, who) for number, (time, who) in enumerate(times)]
    each = detection(alarm, log_alarm=schedule)
    rung = ring(each, hits, {}, delivery, per_account=False)
    assert [(n.contributor, n.sent, n.until) for n in rung] == _reference(
        hits, schedule, alarm, delivery
    )
    told = {name: [h for h in hits if contributor_of(h) == name] for name in map(arn, "ab")}
    for notification in rung:
        assert notification.told == (notification.contributor,)
        assert notification.masked == ()
    for name, own in told.items():
        assert sum(n.hits + n.masked_hits for n in rung if n.contributor == name) <= len(own)


def test_the_range_is_that_of_all_scenarios() -> None:
    each = detection(timing(threshold=2), log_alarm=_COUNT)
    hits = [hit(_START + number * 20, number) for number in range(20)]
    rung = [ring(each, hits, {}, delivery, per_account=True) for delivery in SCENARIOS]
    numbers = [*map(len, rung)]
    assert ring_all(each, hits, {}, per_account=True) == (
        rung[0],
        Range(min(numbers), numbers[0], max(numbers)),
    )

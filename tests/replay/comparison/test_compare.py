"""What two catalogs report of the same records."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.replay.hits import arn, detection, hit, timing
from trailbell.replay.comparison.compare import compare
from trailbell.replay.comparison.model import (
    Comparison,
    Concern,
    DetectionDifference,
    Events,
    Reporter,
    Sent,
    Side,
    Total,
)
from trailbell.replay.detection import ReplayDetection, RuleReceives
from trailbell.replay.hit import Collected, Hit
from trailbell.replay.model import Range, Share

_NONE = Events(count=0, identities=(), names=())
_HOUR = 3600


def _side(name: str, *pairs: tuple[ReplayDetection, tuple[Hit, ...]]) -> Side:
    hits = [replace(hit, detection=each.id) for each, own in pairs for hit in own]
    return Side(
        name=name,
        detections=tuple(each for each, _ in pairs),
        collected=Collected(
            hits=tuple(sorted(hits, key=lambda hit: hit.time)),
            arrivals={},
            uncertain={},
            left_out_kinds={},
            records=100,
            files=2,
            first=0,
            last=_HOUR,
        ),
    )


def _compare(before: Side, after: Side) -> Comparison:
    return compare(before, after, per_account=True)


def _events(who: dict[str, int], name: str = "CreateUser") -> Events:
    number = sum(who.values())
    shares = tuple(Share(arn(each), hits) for each, hits in who.items())
    return Events(count=number, identities=shares, names=(Share(name, number),))


def _same(count: int) -> Range:
    return Range(count, count, count)


def _named(name: str, **changes: object) -> ReplayDetection:
    return replace(detection(), id=name, **changes)  # type: ignore[arg-type] # its fields


_ALICE, _BOB = hit(0, 1), hit(_HOUR, 2, who="bob")
_SENT_TWICE = Sent(
    severity="high",
    events=2,
    reported=2,
    notifications=_same(2),
    rule_messages=None,
    seconds_to_notify=(240, 240),
)
_SENT_ONCE = replace(_SENT_TWICE, events=1, reported=1, notifications=_same(1))


def test_equal_catalogs_have_no_difference() -> None:
    side = _side("one", (detection(), (_ALICE, _BOB)))
    assert _compare(side, replace(side, name="two")) == Comparison(
        before="one",
        after="two",
        records=100,
        files=2,
        first=0,
        last=_HOUR,
        total_before=Total(notifications=_same(2), rule_messages=0),
        total_after=Total(notifications=_same(2), rule_messages=0),
        newly_reported=_NONE,
        no_longer_reported=_NONE,
        lower_severity=_NONE,
        higher_severity=_NONE,
        differences=(),
        without_effect=(),
        equal=1,
    )


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(replace(detection(), title="Another title"), id="a title is no difference"),
        pytest.param(
            replace(detection(), timing=replace(detection().timing, reason="Another.")),
            id="the reason of a timing is no difference",
        ),
    ],
)
def test_texts_are_no_difference(changed: ReplayDetection) -> None:
    before, after = _side("", (detection(), (_ALICE,))), _side("", (changed, (_ALICE,)))
    comparison = _compare(before, after)
    assert (comparison.differences, comparison.without_effect, comparison.equal) == ((), (), 1)


def test_a_change_that_no_record_shows_is_named_only() -> None:
    changed = replace(detection(), timing=timing(period=600))
    comparison = _compare(_side("", (detection(), ())), _side("", (changed, ())))
    assert (comparison.differences, comparison.without_effect, comparison.equal) == (
        (),
        ("new-user",),
        0,
    )


_DIFFERENCES = [
    pytest.param(
        _side("", (detection(), (_ALICE, _BOB))),
        _side("", (detection(), (_BOB,))),
        DetectionDifference(
            id="new-user",
            title="A user was created",
            before=_SENT_TWICE,
            after=_SENT_ONCE,
            newly_reported=_NONE,
            already_reported_by=(),
            no_longer_reported=_events({"alice": 1}),
            still_reported_by=(),
        ),
        {Concern.NO_LONGER_REPORTED},
        id="an event that is excluded is no longer reported",
    ),
    pytest.param(
        _side("", (detection(), (_BOB,))),
        _side("", (detection(), (_ALICE, _BOB))),
        DetectionDifference(
            id="new-user",
            title="A user was created",
            before=_SENT_ONCE,
            after=_SENT_TWICE,
            newly_reported=_events({"alice": 1}),
            already_reported_by=(),
            no_longer_reported=_NONE,
            still_reported_by=(),
        ),
        set(),
        id="an event that is excluded no longer is newly reported",
    ),
    pytest.param(
        _side("", (detection(), (_ALICE,)), (_named("other", severity="low"), (_ALICE,))),
        _side("", (_named("other", severity="low"), (_ALICE,))),
        DetectionDifference(
            id="new-user",
            title="A user was created",
            before=_SENT_ONCE,
            after=None,
            newly_reported=_NONE,
            already_reported_by=(),
            no_longer_reported=_NONE,
            still_reported_by=(Reporter("other", "low", 1),),
        ),
        {Concern.REMOVED, Concern.LOWER_SEVERITY},
        id="an event that another detection reports is not lost",
    ),
    pytest.param(
        _side("", (_named("other"), (_ALICE,))),
        _side("", (detection(), (_ALICE,)), (_named("other"), (_ALICE,))),
        DetectionDifference(
            id="new-user",
            title="A user was created",
            before=None,
            after=_SENT_ONCE,
            newly_reported=_NONE,
            already_reported_by=(Reporter("other", "high", 1),),
            no_longer_reported=_NONE,
            still_reported_by=(),
        ),
        set(),
        id="an event that another detection reported is not new",
    ),
    pytest.param(
        _side("", (detection(), (_ALICE,))),
        _side("", (replace(detection(), severity="low"), (_ALICE,))),
        DetectionDifference(
            id="new-user",
            title="A user was created",
            before=_SENT_ONCE,
            after=replace(_SENT_ONCE, severity="low"),
            newly_reported=_NONE,
            already_reported_by=(),
            no_longer_reported=_NONE,
            still_reported_by=(),
        ),
        {Concern.LOWER_SEVERITY},
        id="a lower severity is a concern",
    ),
    pytest.param(
        _side("", (detection(), (_ALICE, _BOB))),
        _side("", (replace(detection(), timing=timing(threshold=2)), (_ALICE, _BOB))),
        DetectionDifference(
            id="new-user",
            title="A user was created",
            before=_SENT_TWICE,
            after=replace(_SENT_TWICE, reported=0, notifications=_same(0), seconds_to_notify=None),
            newly_reported=_NONE,
            already_reported_by=(),
            no_longer_reported=_events({"alice": 1, "bob": 1}),
            still_reported_by=(),
        ),
        {Concern.NO_LONGER_REPORTED},
        id="below a higher threshold nothing is reported",
    ),
    pytest.param(
        _side("", (detection(rule=RuleReceives.WRITES), (_ALICE, _BOB))),
        _side(
            "",
            (detection(timing(threshold=2), rule=RuleReceives.WRITES), (_ALICE, _BOB)),
        ),
        DetectionDifference(
            id="new-user",
            title="A user was created",
            before=replace(_SENT_TWICE, rule_messages=2),
            after=replace(
                _SENT_TWICE, rule_messages=2, notifications=_same(0), seconds_to_notify=None
            ),
            newly_reported=_NONE,
            already_reported_by=(),
            no_longer_reported=_NONE,
            still_reported_by=(),
        ),
        set(),
        id="an event of which a rule sends a message is not lost",
    ),
    pytest.param(
        _side("", (detection(rule=RuleReceives.READS_AND_WRITES), (hit(0, 1), hit(60, 2)))),
        _side("", (detection(), (hit(0, 1), hit(60, 2)))),
        DetectionDifference(
            id="new-user",
            title="A user was created",
            before=Sent(
                severity="high",
                events=2,
                reported=2,
                notifications=_same(1),
                rule_messages=2,
                seconds_to_notify=(240, 240),
            ),
            after=Sent(
                severity="high",
                events=2,
                reported=1,
                notifications=_same(1),
                rule_messages=None,
                seconds_to_notify=(240, 240),
            ),
            newly_reported=_NONE,
            already_reported_by=(),
            no_longer_reported=_events({"alice": 1}),
            still_reported_by=(),
        ),
        {Concern.NO_LONGER_REPORTED},
        id="without its rule, an event while the alarm is in ALARM is not reported",
    ),
    pytest.param(
        _side("", (detection(rule=RuleReceives.WRITES), (hit(0, 1), hit(60, 2, is_read=True)))),
        _side("", (detection(rule=RuleReceives.READS_AND_WRITES), (hit(0, 1), hit(60, 2)))),
        DetectionDifference(
            id="new-user",
            title="A user was created",
            before=Sent(
                severity="high",
                events=2,
                reported=1,
                notifications=_same(1),
                rule_messages=1,
                seconds_to_notify=(240, 240),
            ),
            after=Sent(
                severity="high",
                events=2,
                reported=2,
                notifications=_same(1),
                rule_messages=2,
                seconds_to_notify=(240, 240),
            ),
            newly_reported=_events({"alice": 1}),
            already_reported_by=(),
            no_longer_reported=_NONE,
            still_reported_by=(),
        ),
        set(),
        id="a rule without reads does not report a read",
    ),
]


@pytest.mark.parametrize(("before", "after", "expected", "concerns"), _DIFFERENCES)
def test_a_difference_says_what_is_reported(
    before: Side, after: Side, expected: DetectionDifference, concerns: set[Concern]
) -> None:
    comparison = _compare(before, after)
    assert comparison.differences == (expected,)
    assert comparison.concerns == concerns


def test_as_many_events_that_are_others_are_a_difference() -> None:
    before, after = _side("", (detection(), (_ALICE,))), _side("", (detection(), (_BOB,)))
    (difference,) = _compare(before, after).differences
    assert (difference.before, difference.after) == (_SENT_ONCE, _SENT_ONCE)
    assert difference.no_longer_reported == _events({"alice": 1})
    assert difference.newly_reported == _events({"bob": 1})


@pytest.mark.parametrize(
    ("others", "lower"),
    [
        pytest.param(["low"], {"alice": 1}, id="a lower one is left"),
        pytest.param(["low", "high"], {}, id="one as high is left"),
        pytest.param([], {}, id="none is left, and the event is no longer reported"),
    ],
)
def test_events_are_reported_with_a_lower_severity(
    others: list[str], lower: dict[str, int]
) -> None:
    left = [(_named(each, severity=each), (_ALICE,)) for each in others]
    one, two = (
        _side("", (detection(), (_ALICE, _BOB)), *left),
        _side("", *left, (detection(), (_BOB,))),
    )
    expected = _events(lower) if lower else _NONE
    there, back = _compare(one, two), _compare(two, one)
    assert (there.lower_severity, there.higher_severity) == (expected, _NONE)
    assert (back.lower_severity, back.higher_severity) == (_NONE, expected)
    assert (Concern.LOWER_SEVERITY in there.concerns) == bool(lower)
    assert back.concerns == set()


def test_uncertain_evaluations_are_named_if_they_differ() -> None:
    side = _side("", (detection(), ()), (_named("other"), ()))
    before, after = (
        replace(side, collected=replace(side.collected, uncertain=uncertain))
        for uncertain in ({"other": 2}, {"other": 2, "new-user": 1})
    )
    assert _compare(before, after).remarks == (
        "new-user: 1 evaluation uncertain, before 0. These events are not counted as reported.",
    )


def test_an_event_of_two_detections_counts_once_for_all() -> None:
    both = (detection(), (_ALICE,)), (_named("other"), (_ALICE,))
    comparison = _compare(_side("", *both), _side(""))
    assert comparison.no_longer_reported == _events({"alice": 1})
    assert [each.no_longer_reported.count for each in comparison.differences] == [1, 1]


def test_events_without_an_id_are_distinguished_by_their_members() -> None:
    one, two = hit(0, event_id=""), hit(_HOUR, event_id="", who="bob")
    comparison = _compare(_side("", (detection(), (one, two))), _side("", (detection(), (two,))))
    assert comparison.no_longer_reported == _events({"alice": 1})


def test_differences_begin_with_what_is_no_longer_reported() -> None:
    before = _side("", (_named("b"), (_ALICE,)), (_named("a"), ()), (_named("c"), ()))
    after = _side("", (_named("b"), ()), (_named("c"), (_BOB,)), (_named("d"), ()))
    names = [each.id for each in _compare(before, after).differences]
    assert names == ["b", "c", "a", "d"]


_HITS = st.lists(
    st.builds(
        hit,
        st.integers(0, 7200),
        st.integers(0, 30),
        st.sampled_from(["alice", "bob"]),
        is_read=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda each: each.event_id,
).map(tuple)
_DETECTIONS = st.builds(
    lambda name, threshold, rule, severity: replace(
        detection(timing(threshold=threshold), rule=rule), id=name, severity=severity
    ),
    st.sampled_from(["a", "b", "c"]),
    st.integers(1, 3),
    st.sampled_from(RuleReceives),
    st.sampled_from(["low", "high"]),
)
_SIDES = st.lists(st.tuples(_DETECTIONS, _HITS), max_size=3, unique_by=lambda pair: pair[0].id).map(
    lambda pairs: _side("", *pairs)
)


@given(_SIDES, _SIDES)
def test_the_other_way_round_lost_and_new_are_exchanged(one: Side, two: Side) -> None:
    there, back = _compare(one, two), _compare(two, one)
    assert there.no_longer_reported == back.newly_reported
    assert there.newly_reported == back.no_longer_reported
    assert there.lower_severity == back.higher_severity
    assert there.higher_severity == back.lower_severity
    assert there.total_before == back.total_after
    exchanged = {
        (each.id, each.before, each.after, each.still_reported_by, each.already_reported_by)
        for each in there.differences
    }
    assert exchanged == {
        (each.id, each.after, each.before, each.already_reported_by, each.still_reported_by)
        for each in back.differences
    }


@given(_SIDES)
def test_a_catalog_has_no_difference_from_itself(side: Side) -> None:
    comparison = _compare(side, side)
    assert (comparison.differences, comparison.without_effect) == ((), ())
    assert comparison.equal == len(side.detections)

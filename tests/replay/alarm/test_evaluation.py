"""From matches to notifications: what the default value of a metric changes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import PROJECT
from trailbell.markdown import table
from trailbell.replay.alarm.evaluation import (
    AlarmSettings,
    Match,
    State,
    StateChange,
    evaluate,
    evaluate_minutes,
    notification_minutes,
    notifications,
    simulate,
    state_changes,
)

# ------------------------------------------------------------------------------ AWS's examples

_TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
_RETAINED = State.INSUFFICIENT_DATA


def _states(points: str, datapoints_to_alarm: int) -> tuple[State, ...]:
    values = {"0": 0.0, "X": 1.0, "-": None}
    return tuple(
        evaluate(
            [values[point] for point in points.split()],
            AlarmSettings(
                evaluation_periods=3,
                datapoints_to_alarm=datapoints_to_alarm,
                treat_missing_data=treatment,
                evaluation_range=5,
            ),
            _RETAINED,
        )
        for treatment in _TREATMENTS
    )


_OK, _ALARM, _INSUFFICIENT = State.OK, State.ALARM, State.INSUFFICIENT_DATA


@pytest.mark.parametrize(
    ("points", "datapoints_to_alarm", "states"),
    [
        pytest.param("0 - X - X", 3, (_OK, _OK, _OK, _OK), id="3 of 3: enough data, one is good"),
        pytest.param("0 - - - -", 3, (_OK, _OK, _OK, _OK), id="3 of 3: one good data point"),
        pytest.param(
            "- - - - -", 3, (_INSUFFICIENT, _RETAINED, _ALARM, _OK), id="3 of 3: no data point"
        ),
        pytest.param("0 X X - X", 3, (_ALARM,) * 4, id="3 of 3: the three most recent are bad"),
        pytest.param(
            "- - X - -", 3, (_ALARM, _RETAINED, _ALARM, _OK), id="3 of 3: premature alarm state"
        ),
        pytest.param("0 - X - X", 2, (_ALARM,) * 4, id="2 of 3: two of three are bad"),
        pytest.param("0 0 X 0 X", 2, (_ALARM,) * 4, id="2 of 3: nothing is missing"),
        pytest.param("0 - X - -", 2, (_OK, _OK, _ALARM, _OK), id="2 of 3: one is missing"),
        pytest.param("- - - - 0", 2, (_OK, _OK, _ALARM, _OK), id="2 of 3: one good data point"),
        pytest.param(
            "- - - X -", 2, (_ALARM, _RETAINED, _ALARM, _OK), id="2 of 3: premature alarm state"
        ),
    ],
)
def test_an_alarm_is_evaluated_as_in_the_tables_of_aws(
    points: str, datapoints_to_alarm: int, states: tuple[State, ...]
) -> None:
    """The two tables of "How alarm state is evaluated when data is missing".

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
    """
    assert _states(points, datapoints_to_alarm) == states


# ------------------------------------------------------------------------------ the measurement

_BUSY, _QUIET = range(200), range(0, 200, 10)
_COLUMNS = {
    "Default value 0, events every minute": (3, _BUSY, True),
    "Default value 0, events every 10 minutes": (3, _QUIET, True),
    "No default value, 2 periods read": (2, _BUSY, False),
    "No default value, 3 periods read": (3, _BUSY, False),
    "No default value, 5 periods read": (5, _BUSY, False),
}


def _simulations(*matches: int, late: int = 0) -> list[list[State]]:
    """The states of an alarm after these matches, for each column."""
    return [
        simulate(
            AlarmSettings(evaluation_range=size),
            matches,
            arrivals,
            zero=zero,
            minutes=200,
            late=late,
        )
        for size, arrivals, zero in _COLUMNS.values()
    ]


def _largest_delays() -> list[int]:
    """The delay in minutes with which a value still triggers the alarm, for each column."""
    notified = [
        [bool(notification_minutes(states)) for states in _simulations(60, late=late)]
        for late in range(40)
    ]
    return [
        max(late for late, row in enumerate(column) if row)
        for column in zip(*notified, strict=True)
    ]


def _measurement_table() -> str:
    rows = [
        (
            "Minutes in ALARM after one match",
            *(states.count(State.ALARM) for states in _simulations(60)),
        ),
        *(
            (
                f"Notifications of two matches {gap} minutes apart",
                *(len(notification_minutes(states)) for states in _simulations(60, 60 + gap)),
            )
            for gap in (3, 6, 12, 20, 30)
        ),
        ("Largest delay of a value that still triggers the alarm, in minutes", *_largest_delays()),
    ]
    return table(("", *_COLUMNS), (tuple(map(str, row)) for row in rows))


def test_the_documentation_has_the_measured_figures() -> None:
    assert _measurement_table().strip() in Path(PROJECT, "docs", "reference", "costs.md").read_text(
        "utf-8"
    )


@given(
    matches=st.lists(st.integers(0, 200), min_size=1, max_size=6),
    arrivals=st.frozensets(st.integers(0, 200)),
    evaluation_range=st.integers(1, 8),
)
def test_the_first_match_is_notified_with_and_without_a_default_value(
    matches: list[int], arrivals: frozenset[int], evaluation_range: int
) -> None:
    alarm = AlarmSettings(evaluation_range=evaluation_range)
    notified = [
        notification_minutes(simulate(alarm, matches, arrivals, zero=zero, minutes=260))
        for zero in (True, False)
    ]
    assert [minutes[0] for minutes in notified] == [min(matches)] * 2
    assert set(notified[1]) <= set(notified[0])


@given(
    matches=st.lists(st.integers(0, 200), min_size=1, max_size=6),
    arrivals=st.frozensets(st.integers(0, 200)),
)
def test_an_alarm_returns_to_ok_without_a_default_value(
    matches: list[int], arrivals: frozenset[int]
) -> None:
    states = simulate(AlarmSettings(), matches, arrivals, zero=False, minutes=260)
    assert states[-1] is State.OK


def test_with_the_default_value_a_match_after_five_quiet_minutes_is_notified() -> None:
    states = simulate(AlarmSettings(), [10, 16], _BUSY, zero=True, minutes=60)
    assert notification_minutes(states) == [10, 16]


def test_without_the_default_value_a_match_in_the_evaluation_range_is_not_notified() -> None:
    states = simulate(AlarmSettings(), [10, 16], _BUSY, zero=False, minutes=60)
    assert notification_minutes(states) == [10]


# ------------------------------------------------------------------------------ state changes


def _run(*matches: Match, period: int = 300, threshold: int = 1) -> list[State]:
    alarm = AlarmSettings(period=period, threshold=threshold)
    return evaluate_minutes(alarm, matches, _BUSY, zero=True, minutes=12)


@pytest.mark.parametrize(
    ("states", "changes"),
    [
        pytest.param([], (), id="no evaluation is no change"),
        pytest.param([_OK, _OK], (), id="an alarm that stays in OK does not change"),
        pytest.param(
            [_OK, _ALARM, _ALARM, _OK],
            (StateChange(1, _OK, _ALARM), StateChange(3, _ALARM, _OK)),
            id="an alarm that stays in ALARM changes once, and back",
        ),
    ],
)
def test_a_change_is_a_state_that_differs_from_the_one_before(
    states: list[State], changes: tuple[StateChange, ...]
) -> None:
    assert state_changes(states) == changes


def test_only_changes_into_states_with_actions_are_notified() -> None:
    states = [_ALARM, _OK, _INSUFFICIENT, _ALARM]
    assert notifications(states, frozenset({_OK})) == (StateChange(1, _ALARM, _OK),)


def test_an_alarm_that_starts_in_alarm_does_not_notify_again() -> None:
    assert notifications([_ALARM, _ALARM], start=_ALARM) == ()


@pytest.mark.parametrize(
    ("states", "in_alarm"),
    [
        pytest.param(_run(Match(2, late=9)), [], id="a value that is too late is not seen"),
        pytest.param(_run(*[Match(2)] * 2, threshold=3), [], id="two of three matches are too few"),
        pytest.param(
            _run(Match(1), Match(3), Match(5), threshold=3), [5], id="the third match counts"
        ),
        pytest.param(
            _run(Match(2, late=1), period=60), [], id="the 0 of a later period hides a late value"
        ),
        pytest.param(
            _run(Match(2, late=1)), [3, 4, 5, 6], id="a late value counts when it is known"
        ),
        pytest.param(_run(Match(2), period=10), [2], id="a period below a minute is a minute"),
    ],
)
def test_an_alarm_is_in_alarm_in_these_minutes(states: list[State], in_alarm: list[int]) -> None:
    assert [m for m, state in enumerate(states) if state is _ALARM] == in_alarm

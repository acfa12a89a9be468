"""What a changed pattern no longer matches."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pattern.strategies import WORDS, conditions, equality, texts
from trailbell.pattern import narrowing, parse
from trailbell.pattern.ast import Comparison, JsonPattern, Member, NotExists, Selector
from trailbell.pattern.filter_pattern import FilterPattern
from trailbell.pattern.narrowing import (
    LostEvent,
    Narrowing,
    find_lost_events,
    find_matching_records,
)
from trailbell.pattern.outcome import Outcome

KMS = (
    "{ ($.eventSource = kms.amazonaws.com) && "
    "(($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }"
)
REORDERED = (
    '{ ($.eventName = "ScheduleKeyDeletion" || $.eventName = "DisableKey") && '
    '$.eventSource = "kms.amazonaws.com" }'
)
IAM = '{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "*") && ($.eventName != "Get*") }'
NUMBER = "{ ($.eventName = A) && ($.count > 5) }"
REGEX = r"{ ($.a = %x\.y%) && (($.eventName = A) || ($.eventName = B)) }"
WILDCARD = '{ ($.r[*].ARN = "arn*") && (($.eventName = A) || ($.eventName = B)) }'


def lost(before: str, *after: str) -> Narrowing:
    return find_lost_events(parse(before), [parse(text) for text in after])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(KMS, (KMS,), id="the same"),
        pytest.param(KMS, (KMS.replace("(", " ( "),), id="other spaces"),
        pytest.param(
            KMS,
            (
                REORDERED,
            ),
            id="another order, and quotes",
        ),
        pytest.param(KMS, (KMS.replace("DisableKey", "Disable*"),), id="a star instead of a name"),
        pytest.param(
            KMS, (KMS.replace("($.eventSource = kms.amazonaws.com) && ", ""),), id="a clause less"
        ),
        pytest.param(KMS, ("{ $.eventSource = kms.amazonaws.com }",), id="alternatives removed"),
        pytest.param(KMS, ("",), id="a pattern that matches every event"),
        pytest.param(
            KMS,
            ("{ ($.eventSource = kms.amazonaws.com) && ($.eventName = DisableKey) }",
             "{ $.eventName = ScheduleKeyDeletion }"),
            id="split into two patterns",
        ),
        pytest.param(IAM, (IAM.replace("Get*", "GetA*"),), id="a smaller exclusion"),
        pytest.param(
            KMS,
            (KMS.replace("{ ", '{ ($.eventType = "*") && '),),
            id="a field that every CloudTrail record has",
        ),
        pytest.param(NUMBER, (NUMBER.replace("5", "4"),), id="a lower number"),
        pytest.param(
            REGEX, (REGEX.replace("= B", "= B) || ($.eventName = C"),), id="a regular expression"
        ),
        pytest.param(WILDCARD, (WILDCARD.replace("= B", '= "*"'),), id="a wildcard selector"),
        pytest.param("{ $.a = x && $.a = y }", ("{ $.a = z }",), id="a pattern without any match"),
        pytest.param("ERROR", ("ERROR",), id="terms"),
    ],
)  # fmt: skip
def test_everything_is_proven_to_match_still(before: str, after: tuple[str, ...]) -> None:
    assert lost(before, *after) == Narrowing()


@pytest.mark.parametrize(
    ("before", "after", "values", "record"),
    [
        pytest.param(
            KMS, KMS.replace(" || ($.eventName = ScheduleKeyDeletion)", ""),
            (("eventName", "ScheduleKeyDeletion"),),
            {"eventSource": "kms.amazonaws.com", "eventName": "ScheduleKeyDeletion"},
            id="an alternative less",
        ),
        pytest.param(
            KMS, KMS.replace("DisableKey", "Disablekey"),
            (("eventName", "DisableKey"),),
            {"eventSource": "kms.amazonaws.com", "eventName": "DisableKey"},
            id="another spelling of a name",
        ),
        pytest.param(
            IAM, IAM.replace(" }", ' && ($.eventName != "Tag*") }'),
            (("eventName", "Tag*"),),
            {"eventSource": "iam.amazonaws.com", "eventName": "TagExample"},
            id="an exclusion by prefix",
        ),
        pytest.param(
            IAM, IAM.replace(" }", ' && ($.userIdentity.arn != "arn:x") }'),
            (("userIdentity.arn", "arn:x"),),
            {"userIdentity": {"arn": "arn:x"}, "eventSource": "iam.amazonaws.com",
             "eventName": "Example"},
            id="an exclusion of one principal",
        ),
        pytest.param(
            KMS, KMS.replace("{ ", "{ ($.errorCode NOT EXISTS) && "),
            (("errorCode", "*"),),
            {"eventSource": "kms.amazonaws.com", "eventName": "DisableKey",
             "errorCode": "Example"},
            id="only successful calls",
        ),
        pytest.param(
            NUMBER, NUMBER.replace("5", "7"), (("count", "6"),), {"eventName": "A", "count": 6},
            id="a higher number",
        ),
        pytest.param(
            REGEX, REGEX.replace(" || ($.eventName = B)", ""), (("eventName", "B"),),
            {"eventName": "B", "a": "x.y"}, id="next to a regular expression",
        ),
        pytest.param(
            WILDCARD, WILDCARD.replace(" || ($.eventName = B)", ""), (("eventName", "B"),),
            {"eventName": "B", "r": [{"ARN": "arn"}]}, id="next to a wildcard",
        ),
        pytest.param(
            "{ $.r[1].id = 7 }", "{ $.r[1].id = 8 }", (("r[1].id", "7"),), {"r": [None, {"id": 7}]},
            id="an index",
        ),
        pytest.param("", KMS, (), None, id="a pattern that matched every event"),
    ],
)  # fmt: skip
def test_lost_events_have_an_example(
    before: str, after: str, values: Any, record: dict[str, Any] | None
) -> None:
    assert lost(before, after).events[0] == LostEvent(values, record)


def test_one_event_is_returned_for_each_lost_alternative() -> None:
    before = "{ ($.eventName = A) || ($.eventName = B) || ($.eventName = C) }"
    events = lost(before, "{ $.eventName = B }").events
    assert [event.values for event in events] == [(("eventName", "A"),), (("eventName", "C"),)]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        pytest.param(
            "ERROR", "ERROR WARN", "only patterns for JSON events can be compared", id="terms"
        ),
        pytest.param(
            "[a, b = 4*]", "[a, b = 5*]", "only patterns for JSON events can be compared",
            id="fields separated by spaces",
        ),
        pytest.param(
            KMS, "ERROR", "only patterns for JSON events can be compared", id="terms instead"
        ),
    ],
)  # fmt: skip
def test_undecided(before: str, after: str, reason: str) -> None:
    assert lost(before, after) == Narrowing(undecided=reason)


def test_a_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrowing, "MAX_STEPS", 3)
    assert lost(KMS, IAM) == Narrowing(undecided="the patterns have too many alternatives")


_SELECTORS = st.sampled_from(
    [Selector(tuple(map(Member, path.split(".")))) for path in ("a", "a.b", "b")]
)
_TEXT_CLAUSES = st.one_of(
    st.builds(Comparison, _SELECTORS, equality, texts), st.builds(NotExists, _SELECTORS)
)

_VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(WORDS), st.none(), st.booleans(), st.just({})
)
_EVENTS = st.fixed_dictionaries(
    {}, optional={"a": _VALUES | st.fixed_dictionaries({"b": _VALUES}), "b": _VALUES}
)


@given(conditions(_TEXT_CLAUSES), conditions(_TEXT_CLAUSES), _EVENTS)
def test_nothing_is_lost_if_that_is_proven(first: Any, second: Any, event: Any) -> None:
    before, after = (FilterPattern.of(JsonPattern(part)) for part in (first, second))
    proven = find_lost_events(before, [after]) == Narrowing()
    if proven and before.test_record(event) == Outcome.MATCH:
        assert after.test_record(event) != Outcome.NO_MATCH


@given(conditions(_TEXT_CLAUSES, leaves=4), conditions(_TEXT_CLAUSES, leaves=4))
def test_an_example_proves_the_loss(first: Any, second: Any) -> None:
    before, after = (FilterPattern.of(JsonPattern(part)) for part in (first, second))
    records = [lost.record for lost in find_lost_events(before, [after]).events if lost.record]
    outcomes = {
        (before.test_record(dict(record)).name, after.test_record(dict(record)).name)
        for record in records
    }
    assert outcomes <= {("MATCH", "NO_MATCH")}


@given(conditions(_TEXT_CLAUSES, leaves=4))
def test_a_record_that_is_found_matches(condition: Any) -> None:
    pattern = FilterPattern.of(JsonPattern(condition))
    outcomes = {pattern.test_record(record).name for record in find_matching_records(condition)}
    assert outcomes <= {"MATCH"}


def test_no_record_is_found_that_does_not_match() -> None:
    """The value for a regular expression is tried, not proven."""
    tree = parse('{ ($.a = %^[0-9]{3}$%) || ($.a = "x") }').tree
    assert isinstance(tree, JsonPattern)
    assert [*find_matching_records(tree.condition)] == [{"a": "x"}]

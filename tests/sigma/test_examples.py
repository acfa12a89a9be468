"""Sample events of an imported detection, and the values in them."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.sigma.rules import roots_of, roots_of_text
from trailbell.pattern import parse
from trailbell.pattern.ast import JsonPattern
from trailbell.scaffold.sample import evaluate
from trailbell.sigma.convert import convert
from trailbell.sigma.examples import Examples
from trailbell.sigma.refused import RefusedError
from trailbell.sigma.values import sample_of_regex


def _examples(text: str) -> Examples:
    roots = roots_of_text(text)
    return Examples(convert(roots).condition, roots)


def _of_pattern(pattern: str, text: str, *, detects_more: bool = False) -> Examples:
    tree = parse(pattern).tree
    assert isinstance(tree, JsonPattern)
    return Examples(tree.condition, roots_of_text(text), detects_more=detects_more)


def test_a_pattern_that_detects_other_events_than_its_rule_is_refused() -> None:
    examples = _of_pattern('{ $.eventName = "CreateUser" }', "a: {eventName: DeleteUser}")
    with pytest.raises(RefusedError) as refused:
        examples.fires()
    assert refused.value.problem == (
        'the rule and the pattern disagree on the event "the call iam:CreateUser"'
    )


def test_a_pattern_that_detects_fewer_events_than_its_rule_is_refused() -> None:
    pattern = '{ ($.eventName = "CreateUser") && ($.awsRegion = "us-east-1") }'
    with pytest.raises(RefusedError) as refused:
        _of_pattern(pattern, "a: {eventName: CreateUser}").silent()
    assert refused.value.problem == (
        'the rule and the pattern disagree on the event "the same with awsRegion example-1"'
    )


def test_one_that_is_known_to_detect_more_is_not() -> None:
    text = "a: {eventName: CreateUser, userAgent: x}"
    pattern = '{ ($.eventName = "CreateUser") && ($.userAgent = "x*") }'
    examples = _of_pattern(pattern, text, detects_more=True)
    assert evaluate(examples.silent()[0].call)["userAgent"] == "example-1"


def test_a_condition_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        _examples("a: {eventName: CreateUser}\nb: {eventName: DeleteUser}")
    assert refused.value.problem == "no record was found that matches it"


@pytest.mark.parametrize(
    ("text", "call"),
    [
        pytest.param(
            "a: {eventName: CreateUser}", "iam:CreateUser", id="of the service that has it"
        ),
        pytest.param("a: {eventName: ConsoleLogin}", "signin:ConsoleLogin", id="a sign-in"),
        pytest.param(
            "a: {eventSource: kms.amazonaws.com}", "kms:CreateAlias", id="any of a service"
        ),
        pytest.param(
            "a: {'eventName|startswith': Schedule}", "kms:ScheduleKeyDeletion", id="a name"
        ),
    ],
)
def test_the_event_of_a_rule(text: str, call: str) -> None:
    event = evaluate(_examples(text).fires()[0].call)
    assert f"{event['eventSource'].partition('.')[0]}:{event['eventName']}" == call


@pytest.mark.parametrize(
    ("identity", "field", "value"),
    [
        pytest.param("Root", "accessKeyId", "", id="the root user"),
        pytest.param("IAMUser", "userName", "example-user-1", id="an IAM user"),
    ],
)
def test_the_caller_is_complete(identity: str, field: str, value: str) -> None:
    examples = _examples(f"a: {{eventName: CreateUser, userIdentity.type: {identity}}}")
    assert evaluate(examples.fires()[0].call)["userIdentity"][field] == value


def test_an_address_is_one() -> None:
    examples = _examples("a: {eventName: CreateUser, 'sourceIPAddress|cidr': 10.0.0.0/8}")
    assert evaluate(examples.fires()[0].call)["sourceIPAddress"] == "10.1.1.1"


def test_an_exclusion_of_several_fields_is_one_near_miss() -> None:
    selections = {
        "a": {"eventName": "CreateUser"},
        "b": {"userAgent": "x", "awsRegion": "us-west-2"},
    }
    roots = roots_of({**selections, "condition": "a and not b"})
    examples = Examples(convert(roots).condition, roots)
    assert examples.silent()[0].description == (
        "the same with userAgent x and with awsRegion us-west-2"
    )


_ATOMS = st.sampled_from(["a", r"\.", "[ab]", "[^a]", r"\d", r"\x22", ".", "[0-9a-f]", r"\w"])
_ITEMS = st.builds("{}{}".format, _ATOMS, st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}"]))


@given(source=st.lists(_ITEMS, min_size=1, max_size=5).map("".join), anchored=st.booleans())
def test_a_sample_of_a_regular_expression_matches_it(source: str, *, anchored: bool) -> None:
    assume(len(source) < 60)
    expression = f"^{source}$" if anchored else f"{source}|zzz"
    assert re.search(expression, sample_of_regex(expression))

"""What the caller's ARN or the parameters of a request must contain."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pattern.strategies import Event, conditions, events
from trailbell.cloudtrail.key_fields import KeyFields
from trailbell.cloudtrail.required_members import Requirement, compile_test, required_members
from trailbell.pattern import FilterPattern, Outcome, parse
from trailbell.pattern.ast import Condition, JsonPattern, Member, Selector

_NAME = Selector((Member("eventName"),))


def _condition(text: str) -> Condition:
    tree = parse(text).tree
    assert isinstance(tree, JsonPattern)
    return tree.condition


@pytest.mark.parametrize(
    ("pattern", "required"),
    [
        pytest.param('{ $.userAgent = "*python*" }', (), id="another member"),
        pytest.param('{ $.eventName = "Stop" }', (), id="a field that is evaluated before"),
        pytest.param("{ $.requestParameters.a NOT EXISTS }", (), id="what must be missing"),
        pytest.param('{ $.userIdentity.arn != "*role*" }', (), id="an ARN that differs"),
        pytest.param(
            '{ ($.userIdentity.arn = "*role*") || ($.userAgent = "x") }',
            (),
            id="an alternative about another member",
        ),
        pytest.param(
            '{ $.userIdentity.arn = "*:role/aws:*" }',
            (Requirement(in_arn=(":role/aws:",)),),
            id="a text in the ARN",
        ),
        pytest.param(
            '{ $.userIdentity.sessionContext.sessionIssuer.userName = "AWSReservedSSO_*" }',
            (Requirement(in_role_name=("AWSReservedSSO_",)),),
            id="a text in the name of the role",
        ),
        pytest.param(
            '{ $.requestParameters.* = "*:iam::*" }',
            (Requirement(in_request=(b":iam::",)),),
            id="a text in any parameter",
        ),
        pytest.param(
            "{ $.requestParameters IS NULL }",
            (Requirement(in_request=(b"",)),),
            id="they are there",
        ),
        pytest.param(
            '{ ($.userIdentity.arn = "*role*") || ($.requestParameters.policy != "x") }',
            (Requirement(in_arn=("role",), in_request=(b'"policy"',)),),
            id="alternatives in both members",
        ),
    ],
)
def test_required_texts(pattern: str, required: tuple[Requirement, ...]) -> None:
    assert required_members(_condition(pattern), frozenset({_NAME})) == required


@pytest.mark.parametrize(
    ("record", "is_met"),
    [
        pytest.param("{}", False, id="no member"),
        pytest.param('{"userIdentity":{"arn":"user"}}', False, id="another ARN"),
        pytest.param('{"userIdentity":{"arn":null}}', False, id="an ARN that is null"),
        pytest.param('{"userIdentity":null}', False, id="an identity that is null"),
        pytest.param('{"x":"role policy"}', False, id="other members do not count"),
        pytest.param('{"userIdentity":{"arn":"a role"}}', True, id="the ARN"),
        pytest.param('{"userIdentity":{"arn":"a \\u0072ole"}}', True, id="an escape in the ARN"),
        pytest.param('{"requestParameters":{"policy":1}}', True, id="the parameters"),
        pytest.param('{"requestParameters":{"\\u0070olicy":1}}', True, id="perhaps an escape"),
    ],
)
def test_records(record: str, *, is_met: bool) -> None:
    test = compile_test([(Requirement(in_arn=("role",), in_request=(b'"policy"',)),)])
    assert test is not None
    (fields,) = KeyFields(()).decode(f"[{record}]".encode())
    assert test(fields) is is_met


def test_a_candidate_that_requires_nothing_is_never_excluded() -> None:
    assert compile_test([(Requirement(in_arn=("role",)),), ()]) is None


@given(st.lists(conditions(), min_size=1, max_size=3), events())
def test_no_record_that_matches_is_excluded(drawn: list[Condition], event: Event) -> None:
    identity = event.get("userIdentity")
    event["userIdentity"] = identity if isinstance(identity, dict) else {"arn": "role"}
    test = compile_test([required_members(condition, frozenset()) for condition in drawn])
    if test is None:
        return
    try:
        text = f"[{json.dumps(event, ensure_ascii=False)}]".encode()
        (fields,) = KeyFields(()).decode(text)
    except (ValueError, UnicodeError):  # another type than in records: it is read thoroughly
        return
    if any(FilterPattern.of(each).test_record(dict(event)) is Outcome.MATCH for each in drawn):
        assert test(fields)

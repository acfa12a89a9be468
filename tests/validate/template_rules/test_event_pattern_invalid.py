"""The rule E9817: an event pattern is valid."""

import pytest

from tests.validate.rule_matches import (
    NO_VALUE,
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.EventPatternInvalid import EventPatternInvalid


def _rule(pattern: object) -> Resources:
    return {"R": resource("Events::Rule", EventPattern=pattern)}


def _mapping(pattern: object) -> Resources:
    criteria = {"Filters": [{"Pattern": pattern}]}
    return {"M": resource("Lambda::EventSourceMapping", FilterCriteria=criteria)}


def _pipe(pattern: object) -> Resources:
    parameters = {"FilterCriteria": {"Filters": [{"Pattern": pattern}]}}
    return {"P": resource("Pipes::Pipe", SourceParameters=parameters)}


_PATH = "R.Properties.EventPattern"
_NO_LIST = 'the value of "source" is neither a list nor an object; write ["aws.ec2"]'
_CASES = [
    silent("a schedule", {"R": resource("Events::Rule", ScheduleExpression="rate(1 day)")}),
    silent("another resource type", {"R": resource("Pipes::Pipe", EventPattern={"a": "x"})}),
    silent("a pattern", _rule({"source": ["aws.ec2"]})),
    silent("a pattern as a string", _rule('{"source": ["aws.ec2"]}')),
    silent("a pattern from a parameter", _rule(ref("Pattern"))),
    silent("a list from a parameter", _rule({"account": ref("Accounts")})),
    silent("a value from a parameter", _rule({"account": [ref("AWS::AccountId")]})),
    silent("a value that may be left out", _rule({"account": [either("x", NO_VALUE)]})),
    silent("an operand with a variable", _rule({"a": [{"prefix": sub("${Name}-")}]})),
    silent("members from a condition", _rule({"detail": either({"a": ["x"]}, {"a": "x"})})),
    silent("members from a macro", _rule({"Fn::Transform": {"Name": "M"}, "detail": "x"})),
    silent("a string with a variable for a list", _rule(sub('{"account": ${Accounts}}'))),
    silent("a string with a variable in a value", _rule(sub('{"account": ["${AWS::AccountId}"]}'))),
    silent(
        "a valid pattern that never matches", _rule({"detail": {"errorCode": ["AccessDenied*"]}})
    ),
    silent(
        "a pattern of an event source",
        _mapping('{"body": {"type": ["order"]}}'),
    ),
    silent("a pattern of an event source, from a parameter", _mapping(ref("Pattern"))),
    silent("no filter of an event source", {"M": resource("Lambda::EventSourceMapping")}),
    silent(
        "operators as EventBridge has them",
        _rule(
            {
                "detail": {
                    "severity": [{"numeric": [">=", 7]}],
                    "errorCode": [{"exists": False}],
                    "name": [
                        {"anything-but": {"wildcard": "*-test"}},
                        {"prefix": {"equals-ignore-case": "x"}},
                    ],
                    "$or": [{"a": ["x"]}, {"b": ["y"]}],
                }
            }
        ),
    ),
    silent("null and a number as values", _rule({"detail": {"a": [None], "b": [5, True]}})),
    fires(
        "a pattern of an event source",
        _mapping('{"body": "order"}'),
        (
            "M.Properties.FilterCriteria.Filters.0.Pattern",
            (
                'The event pattern is invalid, at body: the value of "body" is neither a list '
                "nor an "
                'object; write ["order"]'
            ),
        ),
    ),
    fires(
        "a pattern of a pipe",
        _pipe(either('{"source": ["x"]}', '{"source": "aws.ec2"}')),
        (
            "P.Properties.SourceParameters.FilterCriteria.Filters.0.Pattern.Fn::If.2",
            f"The event pattern is invalid, at source: {_NO_LIST}",
        ),
    ),
    fires(
        "a pattern of an archive",
        {"A": resource("Events::Archive", EventPattern={"source": "aws.ec2"})},
        (
            "A.Properties.EventPattern.source",
            f"The event pattern is invalid, at source: {_NO_LIST}",
        ),
    ),
    fires(
        "a value without a list",
        _rule({"source": "aws.ec2"}),
        (f"{_PATH}.source", f"The event pattern is invalid, at source: {_NO_LIST}"),
    ),
    fires(
        "a value without a list, in a string",
        _rule('{"source": "aws.ec2"}'),
        (_PATH, f"The event pattern is invalid, at source: {_NO_LIST}"),
    ),
    fires(
        "a value without a list, in a string with variables",
        _rule(sub('{"source": "aws.ec2", "account": ["${AWS::AccountId}"]}')),
        (_PATH, f"The event pattern is invalid, at source: {_NO_LIST}"),
    ),
    fires(
        "one branch of two",
        _rule(either({"source": ["aws.ec2"]}, {"source": "aws.ec2"})),
        (f"{_PATH}.Fn::If.2.source", f"The event pattern is invalid, at source: {_NO_LIST}"),
    ),
    fires(
        "an operator next to a value from a parameter",
        _rule({"detail": {"a": [ref("Value"), {"exists": "true"}]}}),
        (
            f"{_PATH}.detail.a.1",
            (
                'The event pattern is invalid, at detail.a[1]: "exists" takes true or false '
                "without "
                "quotes; write true or false without quotes"
            ),
        ),
    ),
    fires(
        "a string that is not JSON",
        _rule("source: aws.ec2"),
        (
            _PATH,
            (
                "The event pattern is invalid, at the pattern: the text is not valid JSON: "
                "Expecting "
                "value: line 1 column 1 (char 0); correct it"
            ),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(EventPatternInvalid(), resources) == findings

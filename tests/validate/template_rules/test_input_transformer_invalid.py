"""The rule E9820: an input transformer is valid."""

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
from trailbell.validate.template_rules.InputTransformerInvalid import InputTransformerInvalid


def _rule(template: object, paths: object = None, **target: object) -> Resources:
    transformer = {"InputTemplate": template, "InputPathsMap": paths or {"a": "$.detail.a"}}
    entry = {"Id": "t", "Arn": ref("Arn"), "InputTransformer": transformer} | target
    return {"R": resource("Events::Rule", Targets=[entry])}


_PATH = "R.Properties.Targets.0.InputTransformer.InputTemplate"
_NOT_JSON = "The input transformer is invalid: the template is not valid JSON"


def _undeclared(name: str) -> str:
    return (
        f"The input transformer is invalid: the template has <{name}>, but InputPathsMap has no "
        f'"{name}"; add it to InputPathsMap, or remove it'
    )


_CASES = [
    silent("no targets", {"R": resource("Events::Rule", ScheduleExpression="rate(1 day)")}),
    silent("targets from a parameter", {"R": resource("Events::Rule", Targets=ref("Targets"))}),
    silent("a constant input", _rule("", InputTransformer=NO_VALUE, Input="<a>")),
    silent("a line", _rule('"It is <a>."')),
    silent("two lines", _rule('"It is <a>."\n"It is <b>."', {"a": "$.a", "b": "$.detail.b[0].c"})),
    silent("JSON", _rule('{"a": <a>, "text": "It is <a>."}')),
    silent("JSON on several lines", _rule('{\n  "a": <a>,\n  "b": ["<a>", 1]\n}\n')),
    silent("names as CDK makes them", _rule('"<detail-a>"', {"detail-a": "$.detail.a"})),
    silent("a name with an underscore", _rule('"<my_a>"', {"my_a": "$.detail.a"})),
    silent("the whole event", _rule("<aws.events.event.json>", {"b": "$"})),
    silent("a whole event in JSON", _rule('{"e": <aws.events.event>, "r": <aws.events.rule-arn>}')),
    silent("a template from a parameter", _rule(ref("Template"))),
    silent("paths from a parameter", _rule('"<b>"', ref("Paths"))),
    silent("a path from a parameter", _rule('"<a>"', {"a": ref("Path")})),
    silent("paths from a macro", _rule('"<b>"', {"Fn::Transform": {"Name": "M"}})),
    silent("paths from a condition", _rule('"<a><b>"', either({"a": "$.a"}, {"b": "$.b"}))),
    silent("paths that may be left out", _rule('"<a>"', either({"a": "$.a"}, NO_VALUE))),
    silent("a name with a variable", _rule(sub('"<${Name}>"'))),
    silent("JSON with a variable for a member", _rule(sub('{${Members} "a": <a>}'))),
    silent("a variable with quotes of its own", _rule(sub("${Line} <a>"))),
    silent("JSON that is joined", _rule({"Fn::Join": ["", ['{"a": "', ref("Name"), ' <a>"}']]})),
    silent("a link of a chat", _rule('"<https://example.com|a link> <a>"')),
    silent("a comparison in words", _rule('"a < b and b > c"')),
    silent("a text without quotes", _rule("It is <a>.")),
    fires("an undeclared variable", _rule('"<b>"'), (_PATH, _undeclared("b"))),
    fires(
        "a variable that differs in case",
        _rule('"<A>"'),
        (_PATH, f'{_undeclared("A")}; "a" differs in case only'),
    ),
    fires("an undeclared variable in Fn::Sub", _rule(sub('"${X} <b>"')), (_PATH, _undeclared("b"))),
    fires(
        "one branch of two",
        _rule(either('"<a>"', '"<b>"')),
        (f"{_PATH}.Fn::If.2", _undeclared("b")),
    ),
    fires(
        "a variable of no branch",
        _rule('"<c>"', either({"a": "$.a"}, {"b": "$.b"})),
        (_PATH, _undeclared("c")),
    ),
    fires(
        "a reserved name",
        _rule('"<a>"', {"a": "$.a", "aws.events.rule-arn": "$.b"}),
        (
            _PATH,
            (
                'The input transformer is invalid: the variable "aws.events.rule-arn" is reserved; '
                "remove it from InputPathsMap; EventBridge defines it"
            ),
        ),
    ),
    fires(
        "a path in brackets",
        _rule('"<a>"', {"a": "$.detail['a']"}),
        (
            _PATH,
            (
                "The input transformer is invalid: the path \"$.detail['a']\" is not valid; begin "
                "with $ and use dots, such as $.detail.eventName or $.resources[0]"
            ),
        ),
    ),
    fires(
        "too many paths",
        _rule('"<a0>"', {f"a{number}": "$.a" for number in range(101)}),
        (_PATH, "The input transformer is invalid: there are 101 paths; use at most 100 paths"),
    ),
    fires(
        "a long template",
        _rule('"' + "x" * 8_191 + '"'),
        (
            _PATH,
            (
                "The input transformer is invalid: the template has 8,193 characters; use at most "
                "8,192 characters"
            ),
        ),
    ),
    fires(
        "JSON with a comma too many",
        _rule('{"a": <a>,}'),
        (
            _PATH,
            f"{_NOT_JSON} (Expecting property name enclosed in double quotes); correct the JSON",
        ),
    ),
    fires(
        "a variable as the name of a member",
        _rule('{<a>: "b"}'),
        (
            _PATH,
            (
                f"{_NOT_JSON} (Expecting property name enclosed in double quotes); a variable "
                "cannot be the name of a member"
            ),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(InputTransformerInvalid(), resources) == findings

"""What a reader sees after deployment is what was written."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import Ref

from stacks import dashboard
from stacks.pieces.alarms import alarms
from stacks.pieces.pack import queries_stack
from stacks.pieces.site import base_site, own_site
from trailbell.catalog.alarm_text import query
from trailbell.catalog.detection import Catalogue, Detection, Example, Pack, Severity
from trailbell.catalog.placeholders import OWN_NAMES, with_values
from trailbell.errors import ContentError
from trailbell.samples import api_call, iam_user

_TEXTS = st.lists(
    st.sampled_from(["${", "$", "}", "!", " ", "HOME", "AWS::Region", "LogGroupName", '"', "."]),
    min_size=1,
    max_size=12,
).map(lambda parts: f"It costs {''.join(parts)}")
_EXAMPLE = Example("it happens", api_call("iam", "CreateUser", iam_user("alice")))
_OWN = {name: f"<{name}>" for name in OWN_NAMES}


def _detection(text: str = "", pattern: str = '{ $.eventName = "CreateUser" }') -> Detection:
    return Detection(
        id="users",
        title=text or "A user was made",
        packs=(Pack.IDENTITY,),
        severity=Severity.HIGH,
        pattern=pattern,
        why=text or "It matters.",
        respond=(text or "Look.",),
        fires=(_EXAMPLE,),
        silent=(_EXAMPLE,),
    )


def _deployed(value: Any) -> str:
    """A text as CloudFormation makes it, with samples for what it imports or refers to.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
    """
    match value:
        case str(text):
            return text
        case {"Fn::Sub": [str(text), dict(variables)]}:
            return _substituted(text, variables)
        case {"Fn::Sub": str(text)}:
            return _substituted(text, {})
        case _:
            raise AssertionError(value)


def _substituted(text: str, variables: Mapping[str, Any]) -> str:
    def one(found: re.Match[str]) -> str:
        name = found[1]
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name.startswith(("AWS::", "BaseStackName")):
            return f"<{name}>"
        given = variables[name]
        return given if isinstance(given, str) else _OWN.get(name, f"<{name}>")

    return re.sub(r"\$\{([^}]*)\}", one, text)


def _properties(detection: Detection) -> dict[str, Any]:
    """The filter's and the alarm's properties, as JSON has them."""
    made: dict[str, Any] = {}
    for resource in alarms([detection], base_site(), room=50_000).resources:
        made |= json.loads(json.dumps(resource.to_dict()))["Properties"]
    return made


@given(text=_TEXTS)
def test_prose(text: str) -> None:
    told = _deployed(_properties(_detection(text))["AlarmDescription"])
    filled = with_values(text, _OWN)
    assert told.startswith(f"**{filled}** (high)\n\n{filled}\n\n1. {filled}\n\n")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param(
            '{ $.requestParameters.a = "${aws:username}" }',
            '{ $.requestParameters.a = "${aws:username}" }',
            id="a variable of IAM alone is text",
        ),
        pytest.param(
            '{ ($.requestParameters.a = "${aws:username}")'
            ' && ($.requestParameters.b = "${LogGroupName}") }',
            {
                "Fn::Sub": [
                    (
                        '{ ($.requestParameters.a = "${!aws:username}")'
                        ' && ($.requestParameters.b = "${LogGroupName}") }'
                    ),
                    {
                        "LogGroupName": {
                            "Fn::ImportValue": {"Fn::Sub": "${BaseStackName}-LogGroupName"}
                        }
                    },
                ]
            },
            id="beside a name it is escaped",
        ),
        pytest.param(
            '{ ($.requestParameters.a = "${!x}") && ($.requestParameters.b = "${AlarmPrefix}") }',
            {
                "Fn::Sub": [
                    (
                        '{ ($.requestParameters.a = "${!!x}")'
                        ' && ($.requestParameters.b = "${AlarmPrefix}") }'
                    ),
                    {"AlarmPrefix": {"Ref": "BaseStackName"}},
                ]
            },
            id="an exclamation mark that was written",
        ),
    ],
)
def test_a_pattern(pattern: str, expected: Any) -> None:
    made = _properties(_detection(pattern=pattern))
    assert made["FilterPattern"] == expected
    assert _deployed(made["FilterPattern"]) == with_values(pattern, _OWN)


def test_a_text_that_cfn_lint_would_take_for_a_reference() -> None:
    made = _properties(_detection("It costs ${AWS::Region} and ${HOME}."))
    text, variables = made["AlarmDescription"]["Fn::Sub"]
    assert variables == {"Dollar": "$"}
    assert "It costs ${Dollar}{AWS::Region} and ${Dollar}{HOME}." in text


def test_a_saved_query() -> None:
    pattern = '{ ($.a = "${aws:username}*") && ($.b = "${LogGroupName}") && ($.c = "${!x}") }'
    detection = _detection(pattern=pattern)
    made = queries_stack(Pack.IDENTITY).template(Catalogue((detection,))).to_dict()
    saved = json.loads(json.dumps(made))["Resources"]["UsersQuery"]["Properties"]
    assert _deployed(saved["QueryString"]) == with_values(query(detection), _OWN)


@given(text=_TEXTS)
def test_a_dashboard(text: str) -> None:
    pattern = '{ ($.a = "${aws:username}") && ($.b = "${LogGroupName}") }'
    detection = _detection(text, pattern)
    made = dashboard.template(Catalogue((detection,))).to_dict()["Resources"]["Dashboard"]
    body = json.loads(_deployed(json.loads(json.dumps(made["Properties"]["DashboardBody"]))))
    last = body["widgets"][-1]["properties"]
    assert (last["title"], last["query"]) == (
        with_values(text, _OWN),
        with_values(f"SOURCE '${{LogGroupName}}' | {query(detection)}\n| limit 20", _OWN),
    )


def test_a_base_stack_knows_its_own_names_and_says_which_it_does_not() -> None:
    site = own_site(Ref("LogGroup"))
    named = site.filled(_detection(), "in ${LogGroupName} of ${AlarmPrefix}")
    assert json.loads(json.dumps(named.to_dict())) == {
        "Fn::Sub": [
            "in ${LogGroupName} of ${AlarmPrefix}",
            {"LogGroupName": {"Ref": "LogGroup"}, "AlarmPrefix": {"Ref": "AWS::StackName"}},
        ]
    }
    with pytest.raises(ContentError) as raised:
        site.filled(_detection(), "in ${LogBucketName}")
    assert (raised.value.found, raised.value.expected) == (
        "detection users names ${LogBucketName}, which the stack of its pack does not know",
        "known there are AlarmPrefix, HighTopicArn, LogGroupName, LowTopicArn, MediumTopicArn",
    )

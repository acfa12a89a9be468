"""Texts and patterns of detections keep their meaning in ``Fn::Sub``."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import Ref

from stacks import dashboard
from stacks.identity import IDENTITY
from stacks.pieces.alarms import alarms
from stacks.pieces.base_refs import imported_refs, own_refs
from stacks.pieces.pack import queries_stack
from tests.packs import PACKS
from tests.stacks.combinations import resolve
from trailbell.catalog.alarm_text import investigation_condition, investigation_query
from trailbell.catalog.detection import Catalog, Detection, Example, Severity
from trailbell.catalog.placeholders import PLACEHOLDERS, fill_placeholders
from trailbell.errors import ContentError
from trailbell.samples import api_call, iam_user

_TEXTS = st.lists(
    st.sampled_from(["${", "$", "}", "!", " ", "HOME", "AWS::Region", "LogGroupName", '"', "."]),
    min_size=1,
    max_size=12,
).map(lambda parts: f"It costs {''.join(parts)}")
_EXAMPLE = Example("it happens", api_call("iam", "CreateUser", iam_user("alice")))
_OWN = {name: f"<{name}>" for name in PLACEHOLDERS}


def _detection(text: str = "", pattern: str = '{ $.eventName = "CreateUser" }') -> Detection:
    return Detection(
        id="users",
        title=text or "A user was created",
        packs=("identity",),
        severity=Severity.HIGH,
        pattern=pattern,
        why=text or "It matters.",
        runbook=(text or "Review it.",),
        fires=(_EXAMPLE,),
        silent=(_EXAMPLE,),
    )


def _deployed(value: Any) -> str:
    """A text as CloudFormation resolves it, with sample values for references and imports.

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
    def value_of(variable: re.Match[str]) -> str:
        name = variable[1]
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name.startswith(("AWS::", "InstallationName")):
            return f"<{name}>"
        given = variables[name]
        return given if isinstance(given, str) else _OWN.get(name, f"<{name}>")

    return re.sub(r"\$\{([^}]*)\}", value_of, text)


def _properties(detection: Detection) -> dict[str, Any]:
    """The filter's and the alarm's properties, as JSON has them."""
    properties: dict[str, Any] = {}
    for resource in alarms([detection], imported_refs(), max_bytes=50_000).resources:
        properties |= json.loads(json.dumps(resource.to_dict()))["Properties"]
    return properties


@given(text=_TEXTS)
def test_prose(text: str) -> None:
    description = _deployed(_properties(_detection(text))["AlarmDescription"])
    resolved = fill_placeholders(text, _OWN)
    assert description.startswith(f"{resolved} (high)\n\n{resolved}\n\n1. {resolved}\n\n")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param(
            '{ $.requestParameters.a = "${aws:username}" }',
            '{ $.requestParameters.a = "${aws:username}" }',
            id="an IAM variable without a placeholder is text",
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
                            "Fn::ImportValue": {"Fn::Sub": "${InstallationName}-LogGroupName"}
                        }
                    },
                ]
            },
            id="an IAM variable next to a placeholder is escaped",
        ),
        pytest.param(
            '{ ($.requestParameters.a = "${!x}") && ($.requestParameters.b = "${AlarmPrefix}") }',
            {
                "Fn::Sub": [
                    (
                        '{ ($.requestParameters.a = "${!!x}")'
                        ' && ($.requestParameters.b = "${AlarmPrefix}") }'
                    ),
                    {"AlarmPrefix": {"Ref": "InstallationName"}},
                ]
            },
            id="an exclamation mark of the pattern is escaped",
        ),
    ],
)
def test_a_pattern(pattern: str, expected: Any) -> None:
    properties = _properties(_detection(pattern=pattern))
    assert properties["FilterPattern"] == expected
    assert _deployed(properties["FilterPattern"]) == fill_placeholders(pattern, _OWN)


def test_a_text_that_looks_like_a_reference_to_cfn_lint() -> None:
    properties = _properties(_detection("It costs ${AWS::Region} and ${HOME}."))
    text, variables = properties["AlarmDescription"]["Fn::Sub"]
    assert variables == {"Dollar": "$"}
    assert "It costs ${Dollar}{AWS::Region} and ${Dollar}{HOME}." in text


def test_a_saved_query() -> None:
    pattern = '{ ($.a = "${aws:username}*") && ($.b = "${LogGroupName}") && ($.c = "${!x}") }'
    detection = _detection(pattern=pattern)
    template = queries_stack(IDENTITY).template(Catalog((detection,), PACKS)).to_dict()
    properties = json.loads(json.dumps(template))["Resources"]["UsersQuery"]["Properties"]
    assert _deployed(properties["QueryString"]) == fill_placeholders(
        investigation_query(detection), _OWN
    )


@pytest.mark.parametrize("pack", ["essentials", "identity"])
def test_a_query_of_a_dashboard(pack: str) -> None:
    pattern = '{ ($.a = "${aws:username}") && ($.b = "${LogGroupName}") && ($.c = "${!x}") }'
    detection = _detection(pattern=pattern).with_changes(packs=(pack,))
    document = json.loads(json.dumps(dashboard.template(Catalog((detection,), PACKS)).to_dict()))
    exports = {f"security-alerts-{name}": value for name, value in _OWN.items()}
    exports["security-alerts-MetricNamespace"] = "namespace"
    resolved = resolve(document, {"ShowIdentity": "yes"}, exports)
    body = json.loads(resolved["Resources"]["Dashboard"]["Properties"]["DashboardBody"])
    (query,) = [w["properties"]["query"] for w in body["widgets"] if w["type"] == "log"]
    condition = fill_placeholders(investigation_condition(detection), _OWN)
    assert query.splitlines()[1] == f"| filter not ispresent(@message) or ({condition})"


def test_a_base_stack_rejects_a_placeholder_that_it_does_not_define() -> None:
    refs = own_refs(Ref("LogGroup"))
    description = refs.substitute(_detection(), "in ${LogGroupName} of ${AlarmPrefix}")
    assert json.loads(json.dumps(description.to_dict())) == {
        "Fn::Sub": [
            "in ${LogGroupName} of ${AlarmPrefix}",
            {"LogGroupName": {"Ref": "LogGroup"}, "AlarmPrefix": {"Ref": "InstallationName"}},
        ]
    }
    with pytest.raises(ContentError) as raised:
        refs.substitute(_detection(), "in ${LogBucketName}")
    assert (raised.value.problem, raised.value.hint) == (
        (
            "detection users uses the placeholder ${LogBucketName}, which the stack of its pack "
            "does not define"
        ),
        (
            "use one of AlarmPrefix, BaseStackName, HighTopicArn, LogGroupName, LowTopicArn, "
            "MediumTopicArn, OwnAccountId"
        ),
    )

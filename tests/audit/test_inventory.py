"""Templates with intrinsic functions anywhere and resources in other templates."""

from typing import Any

import pytest

from tests.audit.templates import ALARM, TRAIL, Document, stack
from trailbell.audit.matrix import build_matrix
from trailbell.audit.possible_values import (
    Template,
    Templates,
    describe_texts,
    why_unknown,
)

ROOT = (
    '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS'
    ' && $.eventType !="AwsServiceEvent"}'
)
TEXT = {"Type": "String"}


def _template(**sections: Any) -> Document:
    return {"Resources": {}} | sections


FIRST = _template(
    Parameters={
        "Given": TEXT,
        "Empty": TEXT | {"Default": ""},
        "Name": TEXT | {"Default": "trail"},
        "Days": {"Type": "Number", "Default": 7},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/name"},
    },
    Outputs={"Out": {"Value": {"Ref": "Topic"}, "Export": {"Name": {"Fn::Sub": "${Name}-out"}}}},
)
SECOND = _template(
    Outputs={
        "Circle": {"Value": {"Fn::ImportValue": "circle"}, "Export": {"Name": "circle"}},
        "Named": {"Value": "a", "Export": {"Name": {"Fn::ImportValue": "trail-out"}}},
    },
)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        pytest.param({"Ref": "AWS::NoValue"}, set(), id="no value"),
        pytest.param(None, set(), id="a missing property"),
        pytest.param(True, {"true"}, id="a boolean"),
        pytest.param({"Ref": "Days"}, {"7"}, id="a default that is a number"),
        pytest.param({"Ref": "Name"}, {"trail"}, id="a default"),
        pytest.param({"Ref": "Given"}, {"${=Given}"}, id="a parameter without default"),
        pytest.param({"Ref": "Empty"}, {"${=Empty}"}, id="an empty default"),
        pytest.param(
            {"Ref": "Stored"}, {"${=Stored}"}, id="a default that is the name of a stored value"
        ),
        pytest.param({"Ref": "Topic"}, {"${0#Topic}"}, id="a resource"),
        pytest.param({"Fn::GetAtt": ["Topic", "Arn"]}, {"${0#Topic}"}, id="its attribute"),
        pytest.param({"Fn::GetAtt": "Topic.Arn"}, {"${0#Topic}"}, id="its attribute in short"),
        pytest.param({"Ref": "AWS::Region"}, {"${AWS::Region}"}, id="a pseudo parameter"),
        pytest.param(
            {"Ref": "AWS::StackName"}, {"${AWS::StackName of one}"}, id="a stack's own name"
        ),
        pytest.param(
            {"Fn::If": ["C", "a", {"Fn::If": ["D", "b", {"Ref": "AWS::NoValue"}]}]},
            {"a", "b"},
            id="both branches of a condition",
        ),
        pytest.param(
            {"Fn::Sub": "${Name}/${Topic.Arn}/${!Literal}"},
            {"trail/${0#Topic}/${Literal}"},
            id="a text with variables",
        ),
        pytest.param(
            {"Fn::Sub": ["${X}-${Name}", {"X": {"Fn::If": ["C", "a", "b"]}}]},
            {"a-trail", "b-trail"},
            id="a text with its own variables",
        ),
        pytest.param({"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}, {"a-trail"}, id="joined pieces"),
        pytest.param(
            {"Fn::ImportValue": {"Fn::Sub": "${Name}-out"}},
            {"${0#Topic}"},
            id="an export of one of the templates",
        ),
        pytest.param({"Fn::ImportValue": "x"}, {"${^x}"}, id="an export of another template"),
        pytest.param(
            {"Fn::ImportValue": "circle"},
            {"${?Fn::ImportValue in a circle}"},
            id="an export with itself as the value",
        ),
    ],
)
def test_texts(value: Any, texts: set[str]) -> None:
    templates = Templates((Template("one", FIRST), Template("two", SECOND)))
    assert templates.possible_texts(value, 0) == texts


def test_functions_with_different_arguments_differ() -> None:
    templates = Templates((Template("one", FIRST),))
    (first,) = templates.possible_texts({"Fn::Select": [0, ["a"]]}, 0)
    (same,) = templates.possible_texts({"Fn::Select": [0, ["a"]]}, 0)
    (other,) = templates.possible_texts({"Fn::Select": [1, ["a"]]}, 0)
    assert (first == same, first == other) == (True, False)


@pytest.mark.parametrize(
    ("text", "why", "label"),
    [
        pytest.param("trail", None, "trail", id="a name is known"),
        pytest.param("${0#Topic}", None, "Topic", id="a resource is known"),
        pytest.param(
            "a-${=Given}", None, "a-Given", id="a text with a token is not a single token"
        ),
        pytest.param("${=Given}", "the parameter Given is set at deployment", "Given", id="="),
        pytest.param("${^x}", "another stack exports x", "x", id="^"),
        pytest.param("${?Fn::Select 1f}", "Fn::Select computes it", "Fn::Select", id="?"),
    ],
)
def test_unknown_texts(text: str, why: str | None, label: str) -> None:
    assert (why_unknown(text), describe_texts([text])) == (why, label)


def _evaluate(**documents: Document) -> tuple[dict[str, bool], tuple[str, ...]]:
    """At which scanners the root control passes, and under which assumptions."""
    matrix = build_matrix(documents)
    passed = {}
    for column in matrix.columns:
        result = column.result_for("root-account-use")
        assert result is not None
        passed[column.scanner] = result.passed
    return passed, matrix.assumptions


def _all(*, passed: bool) -> dict[str, bool]:
    return dict.fromkeys(("Security Hub", "Prowler", "Powerpipe"), passed)


_ONLY_PROWLER = _all(passed=False) | {"Prowler": True}
_BASE = stack() | {
    "Outputs": {
        "Topic": {"Value": {"Ref": "Topic"}, "Export": {"Name": "base-topic"}},
        "Group": {"Value": {"Ref": "Group"}, "Export": {"Name": "base-group"}},
    }
}
_BASE_RESOURCES = ("Trail", "Group", "Topic", "Mail")
_BY_IMPORT = ALARM | {"AlarmActions": [{"Fn::ImportValue": "base-topic"}]}
_BY_PARAMETER = ALARM | {"AlarmActions": [{"Ref": "TopicArn"}]}


def _pack(group: Any, alarm: Document, **parameters: Document) -> Document:
    return stack(ROOT, log_group=group, alarm=alarm, parameters=parameters, without=_BASE_RESOURCES)


@pytest.mark.parametrize(
    ("documents", "passed", "assumptions"),
    [
        pytest.param(
            {
                "base": _BASE,
                "pack": _pack({"Fn::ImportValue": "base-group"}, ALARM | {"AlarmActions": []}),
            },
            _ONLY_PROWLER,
            (),
            id="a pack with an alarm without actions",
        ),
        pytest.param(
            {
                "base": _BASE,
                "pack": _pack(
                    "a-name", _BY_PARAMETER, TopicArn=TEXT | {"Default": "arn:aws:sns:r:a:other"}
                ),
            },
            _all(passed=False),
            (),
            id="defaults with other names",
        ),
        pytest.param(
            {
                "base": stack(trail=TRAIL | {"CloudWatchLogsLogGroupArn": {"Ref": "Arn"}})
                | {"Parameters": {"Arn": TEXT}},
                "pack": _pack("a-name", ALARM | {"AlarmActions": ["arn:aws:sns:r:1:other"]}),
            },
            _ONLY_PROWLER,
            ("a-name matches: the parameter Arn is set at deployment.",),
            id="a topic with another name and without subscriptions",
        ),
        pytest.param(
            {"base": _BASE, "pack": _pack({"Fn::ImportValue": "base-group"}, _BY_IMPORT)},
            _all(passed=True),
            (),
            id="a pack that imports log group and topic",
        ),
        pytest.param(
            {
                "base": _BASE,
                "pack": _pack({"Ref": "Group"}, _BY_PARAMETER, Group=TEXT, TopicArn=TEXT),
            },
            _all(passed=True),
            (
                "Group matches: the parameter Group is set at deployment.",
                "TopicArn matches: the parameter TopicArn is set at deployment.",
            ),
            id="a pack with parameters for log group and topic",
        ),
        pytest.param(
            {
                "base": stack(without=("Topic", "Mail")),
                "pack": _pack({"Ref": "Group"}, _BY_PARAMETER, Group=TEXT, TopicArn=TEXT),
            },
            _all(passed=True),
            (
                "Group matches: the parameter Group is set at deployment.",
                "TopicArn matches: the parameter TopicArn is set at deployment.",
                "TopicArn has a subscription.",
            ),
            id="a topic outside the templates",
        ),
        pytest.param(
            {
                "it": stack(
                    ROOT, trail=TRAIL | {"IsMultiRegionTrail": {"Fn::If": ["C", True, False]}}
                )
            },
            _all(passed=True),
            ("IsMultiRegionTrail of Trail (it) is true.",),
            id="a trail that can be multi-Region",
        ),
        pytest.param(
            {"it": stack({"Fn::If": ["C", ROOT, "{ $.eventName = x }"]})},
            _all(passed=True),
            ("Filter0 (it) has the one of its patterns that passes.",),
            id="a pattern that can be the expected one",
        ),
        pytest.param(
            {"it": stack({"Fn::Sub": ROOT})}, _all(passed=True), (), id="a pattern in Fn::Sub"
        ),
        pytest.param(
            {
                "it": stack(
                    ROOT,
                    alarm=ALARM
                    | {
                        "AlarmActions": {
                            "Fn::If": ["C", [{"Ref": "Topic"}], {"Ref": "AWS::NoValue"}]
                        }
                    },
                )
            },
            _all(passed=True),
            (),
            id="actions in one branch of a condition",
        ),
        pytest.param(
            {
                "it": stack(
                    ROOT,
                    alarm=ALARM | {"AlarmActions": {"Ref": "Topics"}},
                    parameters={
                        "Topics": {
                            "Type": "CommaDelimitedList",
                            "Default": "arn:aws:sns:r:1:x, arn:aws:sns:r:1:y",
                        }
                    },
                    subscription={"TopicArn": "arn:aws:sns:r:1:y"},
                )
            },
            _all(passed=True),
            (),
            id="actions of a list parameter",
        ),
    ],
)
def test_references(
    documents: dict[str, Document], passed: dict[str, bool], assumptions: tuple[str, ...]
) -> None:
    assert _evaluate(**documents) == (passed, assumptions)


def test_names_and_arns_of_resources() -> None:
    """A reference by name or by ARN is the same as one by logical id."""
    sub = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
    group = {"Fn::Sub": sub % ("logs", "log-group:the-group:*")}
    document = stack(
        ROOT,
        trail=TRAIL | {"CloudWatchLogsLogGroupArn": group},
        log_group={"Ref": "Group"},
        alarm=ALARM | {"AlarmActions": [{"Fn::Sub": sub % ("sns", "the-topic")}]},
    )
    document["Resources"]["Group"]["Properties"]["LogGroupName"] = "the-group"
    document["Resources"]["Topic"]["Properties"]["TopicName"] = "the-topic"
    assert _evaluate(it=document) == (_all(passed=True), ())


def test_conditions_of_resources_are_assumed_to_be_true() -> None:
    document = stack(ROOT)
    for name in ("Trail", "Filter0", "Alarm0", "Mail"):
        document["Resources"][name]["Condition"] = f"Has{name}"
    assert _evaluate(it=document) == (
        _all(passed=True),
        (
            "Filter0 (it) is created only if the condition HasFilter0 is true.",
            "Trail (it) is created only if the condition HasTrail is true.",
            "Alarm0 (it) is created only if the condition HasAlarm0 is true.",
            "Mail (it) is created only if the condition HasMail is true.",
        ),
    )


def test_metrics_named_by_their_stacks_differ_between_stacks() -> None:
    metric = {"Fn::Sub": "${AWS::StackName}-root"}
    first, second = stack(ROOT, without=("Alarm0",)), stack(ROOT, without=("Filter0", "Trail"))
    first["Resources"]["Filter0"]["Properties"]["MetricTransformations"][0]["MetricName"] = metric
    second["Resources"]["Alarm0"]["Properties"]["MetricName"] = metric
    assert _evaluate(one=first, two=second) == (_all(passed=False), ())


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"Resources": {}}, id="no resources"),
        pytest.param({"Resources": {"A": {"Type": "AWS::Logs::MetricFilter"}}}, id="no properties"),
        pytest.param(
            {"Resources": {"A": 1, "B": {"Type": ["x"]}}, "Outputs": []}, id="invalid sections"
        ),
        pytest.param(
            stack(ROOT, trail={"EventSelectors": "x", "IsLogging": []}, alarm={"AlarmActions": 1}),
            id="properties of invalid types",
        ),
        pytest.param(
            stack(ROOT, trail={"AdvancedEventSelectors": [{"FieldSelectors": [1, {}]}]}),
            id="selectors of invalid types",
        ),
    ],
)
def test_invalid_templates_do_not_pass(document: Document) -> None:
    assert not build_matrix({"it": document}).passed

"""Templates as people write them: intrinsics anywhere, resources in other templates."""

from typing import Any

import pytest

from tests.audit.templates import ALARM, TRAIL, Document, stack
from trailbell.audit.matrix import matrix
from trailbell.audit.possible_values import Template, Templates, assumption, shown

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
        pytest.param(None, set(), id="a property that is not there"),
        pytest.param(True, {"true"}, id="a truth"),
        pytest.param({"Ref": "Days"}, {"7"}, id="a default that is a number"),
        pytest.param({"Ref": "Name"}, {"trail"}, id="a default"),
        pytest.param({"Ref": "Given"}, {"${=Given}"}, id="a parameter without default"),
        pytest.param({"Ref": "Empty"}, {"${=Empty}"}, id="an empty default is given or not used"),
        pytest.param({"Ref": "Stored"}, {"${=Stored}"}, id="a default that names a stored value"),
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
            id="both sides of a choice",
        ),
        pytest.param(
            {"Fn::Sub": "${Name}/${Topic.Arn}/${!Literal}"},
            {"trail/${0#Topic}/${Literal}"},
            id="a text with variables",
        ),
        pytest.param(
            {"Fn::Sub": ["${X}-${Name}", {"X": {"Fn::If": ["C", "a", "b"]}}]},
            {"a-trail", "b-trail"},
            id="a text with variables of its own",
        ),
        pytest.param({"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}, {"a-trail"}, id="joined pieces"),
        pytest.param(
            {"Fn::ImportValue": {"Fn::Sub": "${Name}-out"}},
            {"${0#Topic}"},
            id="an export of a template that is here",
        ),
        pytest.param({"Fn::ImportValue": "x"}, {"${^x}"}, id="an export of one that is not"),
        pytest.param(
            {"Fn::ImportValue": "circle"},
            {"${?Fn::ImportValue in a circle}"},
            id="an export of itself",
        ),
    ],
)
def test_texts(value: Any, texts: set[str]) -> None:
    templates = Templates((Template("one", FIRST), Template("two", SECOND)))
    assert templates.texts(value, 0) == texts


def test_functions_that_cannot_be_told_are_not_all_alike() -> None:
    templates = Templates((Template("one", FIRST),))
    (one,) = templates.texts({"Fn::Select": [0, ["a"]]}, 0)
    (same,) = templates.texts({"Fn::Select": [0, ["a"]]}, 0)
    (other,) = templates.texts({"Fn::Select": [1, ["a"]]}, 0)
    assert (one == same, one == other) == (True, False)


@pytest.mark.parametrize(
    ("text", "why", "to_people"),
    [
        pytest.param("trail", None, "trail", id="a name is no assumption"),
        pytest.param("${0#Topic}", None, "Topic", id="nor is a resource"),
        pytest.param("a-${=Given}", None, "a-Given", id="nor a text with a token in it"),
        pytest.param("${=Given}", "the parameter Given is given at deployment", "Given", id="="),
        pytest.param("${^x}", "the export x is made by another stack", "x", id="^"),
        pytest.param("${?Fn::Select 1f}", "Fn::Select yields it", "Fn::Select", id="?"),
    ],
)
def test_tokens_to_people(text: str, why: str | None, to_people: str) -> None:
    assert (assumption(text), shown([text])) == (why, to_people)


def _graded(**documents: Document) -> tuple[dict[str, bool], tuple[str, ...]]:
    """Who passes the root control, and what was assumed for it."""
    found = matrix(documents)
    passed = {}
    for column in found.columns:
        grade = column.of("root-account-use")
        assert grade is not None
        passed[column.auditor] = grade.passed
    return passed, found.assumed


def _all(passed: bool) -> dict[str, bool]:  # noqa: FBT001
    return dict.fromkeys(("Security Hub", "Prowler", "Powerpipe"), passed)


_ONLY_PROWLER = _all(passed=False) | {"Prowler": True}
_BASE = stack() | {
    "Outputs": {
        "Topic": {"Value": {"Ref": "Topic"}, "Export": {"Name": "base-topic"}},
        "Group": {"Value": {"Ref": "Group"}, "Export": {"Name": "base-group"}},
    }
}
_OWN = ("Trail", "Group", "Topic", "Mail")
_BY_IMPORT = ALARM | {"AlarmActions": [{"Fn::ImportValue": "base-topic"}]}
_BY_PARAMETER = ALARM | {"AlarmActions": [{"Ref": "TopicArn"}]}


def _pack(group: Any, alarm: Document, **parameters: Document) -> Document:
    return stack(ROOT, log_group=group, alarm=alarm, parameters=parameters, without=_OWN)


@pytest.mark.parametrize(
    ("documents", "passed", "assumed"),
    [
        pytest.param(
            {
                "base": _BASE,
                "pack": _pack({"Fn::ImportValue": "base-group"}, ALARM | {"AlarmActions": []}),
            },
            _ONLY_PROWLER,
            (),
            id="a pack whose alarm has no action",
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
            id="defaults that name other things",
        ),
        pytest.param(
            {
                "base": stack(trail=TRAIL | {"CloudWatchLogsLogGroupArn": {"Ref": "Arn"}})
                | {"Parameters": {"Arn": TEXT}},
                "pack": _pack("a-name", ALARM | {"AlarmActions": ["arn:aws:sns:r:1:other"]}),
            },
            _ONLY_PROWLER,
            ("a-name is the one that fits: the parameter Arn is given at deployment",),
            id="a topic of another name that nobody subscribes to",
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
                "Group is the one that fits: the parameter Group is given at deployment",
                "TopicArn is the one that fits: the parameter TopicArn is given at deployment",
            ),
            id="a pack that is given log group and topic",
        ),
        pytest.param(
            {
                "base": stack(without=("Topic", "Mail")),
                "pack": _pack({"Ref": "Group"}, _BY_PARAMETER, Group=TEXT, TopicArn=TEXT),
            },
            _all(passed=True),
            (
                "Group is the one that fits: the parameter Group is given at deployment",
                "TopicArn is the one that fits: the parameter TopicArn is given at deployment",
                "somebody subscribes to TopicArn",
            ),
            id="a topic that no template has",
        ),
        pytest.param(
            {
                "it": stack(
                    ROOT, trail=TRAIL | {"IsMultiRegionTrail": {"Fn::If": ["C", True, False]}}
                )
            },
            _all(passed=True),
            ("IsMultiRegionTrail of Trail (it) is true",),
            id="a trail that is multi-Region if so configured",
        ),
        pytest.param(
            {"it": stack({"Fn::If": ["C", ROOT, "{ $.eventName = x }"]})},
            _all(passed=True),
            ("Filter0 (it) has the text that passes, of those it can have",),
            id="a text that passes if so configured",
        ),
        pytest.param(
            {"it": stack({"Fn::Sub": ROOT})}, _all(passed=True), (), id="a text in Fn::Sub"
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
            id="actions in one branch of a choice",
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
    documents: dict[str, Document], passed: dict[str, bool], assumed: tuple[str, ...]
) -> None:
    assert _graded(**documents) == (passed, assumed)


def test_names_and_arns_of_what_a_template_has() -> None:
    """A filter may name the group, and an ARN the group or the topic."""
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
    assert _graded(it=document) == (_all(passed=True), ())


def test_conditional_resources_count_and_are_named() -> None:
    document = stack(ROOT)
    for name in ("Trail", "Filter0", "Alarm0", "Mail"):
        document["Resources"][name]["Condition"] = f"Has{name}"
    assert _graded(it=document) == (
        _all(passed=True),
        (
            "Filter0 (it) is made only if HasFilter0",
            "Trail (it) is made only if HasTrail",
            "Alarm0 (it) is made only if HasAlarm0",
            "Mail (it) is made only if HasMail",
        ),
    )


def test_metrics_of_two_stacks_named_by_their_stack_are_two() -> None:
    metric = {"Fn::Sub": "${AWS::StackName}-root"}
    one, two = stack(ROOT, without=("Alarm0",)), stack(ROOT, without=("Filter0", "Trail"))
    one["Resources"]["Filter0"]["Properties"]["MetricTransformations"][0]["MetricName"] = metric
    two["Resources"]["Alarm0"]["Properties"]["MetricName"] = metric
    assert _graded(one=one, two=two) == (_all(passed=False), ())


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"Resources": {}}, id="no resources"),
        pytest.param({"Resources": {"A": {"Type": "AWS::Logs::MetricFilter"}}}, id="no properties"),
        pytest.param({"Resources": {"A": 1, "B": {"Type": ["x"]}}, "Outputs": []}, id="nonsense"),
        pytest.param(
            stack(ROOT, trail={"EventSelectors": "x", "IsLogging": []}, alarm={"AlarmActions": 1}),
            id="properties of other kinds",
        ),
        pytest.param(
            stack(ROOT, trail={"AdvancedEventSelectors": [{"FieldSelectors": [1, {}]}]}),
            id="selectors of other kinds",
        ),
    ],
)
def test_whatever_stands_in_a_template(document: Document) -> None:
    assert not matrix({"it": document}).passed

"""Plans from two templates."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from tests.deploy.conftest import source
from trailbell.diff import templates
from trailbell.diff.model import (
    ChangeAction,
    Impact,
    PolicyAction,
    Replacement,
    ResourceChange,
    Risk,
)
from trailbell.diff.resource_schema import schema

Resources = Mapping[str, Any]
FILTER: Mapping[str, Any] = {
    "FilterName": "f",
    "LogGroupName": "g",
    "FilterPattern": "{ $.a = 1 }",
    "MetricTransformations": [{"MetricNamespace": "N", "MetricName": "M", "MetricValue": "1"}],
}
ALARM: Mapping[str, Any] = {
    "AlarmName": "a",
    "Namespace": "N",
    "MetricName": "M",
    "AlarmActions": [{"Ref": "T"}],
}


def topic(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def resource(kind: str, properties: Mapping[str, Any], /, **more: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": dict(properties)} | more


def changes(
    before: Resources,
    after: Resources,
    *,
    old_sections: Resources = MappingProxyType({}),
    new_sections: Resources = MappingProxyType({}),
) -> tuple[ResourceChange, ...]:
    old = {"Resources": before, **old_sections}
    new = {"Resources": after, **new_sections}
    return templates.plan_from_templates(source("s", new), old, "before").resource_changes


def impacts(before: Resources, after: Resources, *risks: Risk) -> list[tuple[Risk, str, str]]:
    plan = templates.plan_from_templates(
        source("s", {"Resources": after}), {"Resources": before}, "before"
    )
    return [(e.risk, e.logical_id, e.text) for e in plan.impacts if not risks or e.risk in risks]


def replacements(changes_: tuple[ResourceChange, ...]) -> dict[str, Replacement]:
    return {change.logical_id: change.replacement for change in changes_}


def test_the_same_template_changes_nothing() -> None:
    plan = templates.plan_from_templates(
        source("s", {"Resources": {"T": topic()}}), {"Resources": {"T": topic()}}, "before"
    )
    assert (plan.resource_changes, plan.impacts, plan.notices, plan.empty) == ((), (), (), True)


def test_a_new_stack_has_no_impacts() -> None:
    plan = templates.plan_from_templates(
        source("s", {"Resources": {"T": topic()}}), None, "nothing"
    )
    assert ([c.action for c in plan.resource_changes], plan.impacts, plan.created) == (
        [ChangeAction.ADD],
        (),
        True,
    )


YES, NO, MAYBE = Replacement.YES, Replacement.NO, Replacement.MAYBE


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(topic(DisplayName="a"), topic(DisplayName="b"), NO, id="changed in place"),
        pytest.param(topic(TopicName="a"), topic(TopicName="b"), YES, id="the name is changed"),
        pytest.param(topic(), topic(FifoTopic=True), YES, id="a create-only property is added"),
        pytest.param(
            topic(TopicName={"Fn::If": ["C", "a", "b"]}),
            topic(TopicName={"Fn::If": ["C", "a", "c"]}),
            MAYBE,
            id="one branch of a condition",
        ),
        pytest.param(
            resource("Private::Own::Thing", {"A": 1}),
            resource("Private::Own::Thing", {"A": 2}),
            MAYBE,
            id="a private type",
        ),
        pytest.param(
            resource("Custom::Thing", {"ServiceToken": "a"}),
            resource("Custom::Thing", {"ServiceToken": "b"}),
            NO,
            id="the service token of a custom resource, which is rejected instead",
        ),
        pytest.param(
            resource("AWS::Logs::MetricFilter", FILTER),
            resource("AWS::Logs::MetricFilter", {**FILTER, "FilterPattern": "{ $.a = 2 }"}),
            NO,
            id="the text of a filter",
        ),
    ],
)
def test_replacement(before: Any, after: Any, expected: Replacement) -> None:
    assert replacements(changes({"R": before}, {"R": after})) == {"R": expected}


CHAIN = {
    "G": resource("AWS::Logs::LogGroup", {"LogGroupName": "one"}),
    "F": resource("AWS::Logs::MetricFilter", {**FILTER, "LogGroupName": {"Ref": "G"}}),
    "Other": resource("AWS::Logs::MetricFilter", {**FILTER, "FilterName": {"Fn::Sub": "x-${F}"}}),
    "Tag": topic(DisplayName={"Fn::Sub": ["${G.Arn}-${Own}", {"Own": "1"}]}),
    "Apart": topic(),
}


def test_replacements_are_followed_through_references() -> None:
    after = CHAIN | {"G": resource("AWS::Logs::LogGroup", {"LogGroupName": "two"})}
    changed_resources = changes(CHAIN, after)
    assert replacements(changed_resources) == {"G": YES, "F": YES, "Other": YES, "Tag": NO}
    assert [(c.logical_id, [p.cause for p in c.properties]) for c in changed_resources] == [
        ("G", [""]),
        ("F", ["G is replaced"]),
        ("Other", ["F is replaced"]),
        ("Tag", ["G is replaced"]),
    ]


def test_replacements_in_circular_references_end() -> None:
    before = {
        "A": topic(TopicName="a", DisplayName={"Ref": "B"}),
        "B": topic(TopicName={"Fn::Sub": "${A}"}),
    }
    after = before | {"A": topic(TopicName="b", DisplayName={"Ref": "B"})}
    assert replacements(changes(before, after)) == {"A": YES, "B": YES}


def test_changed_defaults_conditions_and_mappings_change_their_users() -> None:
    resources = {
        "Named": topic(TopicName={"Ref": "P"}),
        "Shown": topic(DisplayName={"Fn::If": ["C", "a", "b"]}),
        "Mapped": topic(DisplayName={"Fn::FindInMap": ["M", "a", "b"]}),
        "Here": {**topic(), "Condition": "C"},
        "Still": topic(DisplayName={"Ref": "Q"}),
    }

    def sections(default: str, entry: str) -> dict[str, Any]:
        return {
            "Parameters": {
                "P": {"Type": "String", "Default": default},
                "Q": {"Type": "String", "Default": "q"},
            },
            "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
            "Mappings": {"M": {"a": {"b": entry}}},
        }

    changed_resources = changes(
        resources, resources, old_sections=sections("x", "1"), new_sections=sections("y", "2")
    )
    assert [(c.logical_id, c.action, c.replacement) for c in changed_resources] == [
        ("Named", ChangeAction.MODIFY, MAYBE),
        ("Shown", ChangeAction.MODIFY, NO),
        ("Mapped", ChangeAction.MODIFY, NO),
        ("Here", ChangeAction.DYNAMIC, NO),
    ]


def test_a_condition_that_depends_on_another_changes_its_users() -> None:
    def sections(default: str) -> dict[str, Any]:
        return {
            "Parameters": {"P": {"Type": "String", "Default": default}},
            "Conditions": {
                "Last": {"Fn::Not": [{"Condition": "First"}]},
                "First": {"Fn::Equals": [{"Ref": "P"}, "x"]},
            },
        }

    resources = {"R": topic(DisplayName={"Fn::If": ["Last", "a", "b"]})}
    [changed_resources] = changes(
        resources, resources, old_sections=sections("x"), new_sections=sections("y")
    )
    assert [property_.cause for property_ in changed_resources.properties] == ["condition Last"]


def test_an_attribute_in_two_forms_is_one() -> None:
    before = {"R": topic(DisplayName={"Fn::GetAtt": "A.B.C"})}
    assert changes(before, {"R": topic(DisplayName={"Fn::GetAtt": ["A", "B.C"]})}) == ()


def loop(collection: Any, **properties: Any) -> dict[str, Any]:
    return {"Fn::ForEach::Topics": ["Name", collection, {"T${Name}": topic(**properties)}]}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(loop(["a"]), loop(["a"]), [], id="no change"),
        pytest.param({}, loop(["a"]), [(ChangeAction.ADD, NO, [])], id="a loop is added"),
        pytest.param(loop(["a"]), {}, [(ChangeAction.REMOVE, NO, [])], id="a loop is removed"),
        pytest.param(
            loop(["a"]), loop(["a", "b"]), [(ChangeAction.DYNAMIC, MAYBE, ["[1]"])],
            id="another iteration"
        ),
        pytest.param(
            loop(["a"], DisplayName="a"), loop(["a"], DisplayName="b"),
            [(ChangeAction.DYNAMIC, NO, ["[2].T${Name}.Properties.DisplayName"])],
            id="an update without interruption",
        ),
        pytest.param(
            loop(["a"], TopicName="a"), loop(["a"], TopicName="b"),
            [(ChangeAction.DYNAMIC, MAYBE, ["[2].T${Name}.Properties.TopicName"])],
            id="a replacement",
        ),
    ],
)  # fmt: skip
def test_loops(before: Resources, after: Resources, expected: list[Any]) -> None:
    assert [
        (change.action, change.replacement, [property_.path for property_ in change.properties])
        for change in changes(before, after)
    ] == expected


def test_a_loop_over_a_parameter_with_another_default() -> None:
    def sections(default: str) -> dict[str, Any]:
        return {"Parameters": {"P": {"Type": "CommaDelimitedList", "Default": default}}}

    same = loop({"Ref": "P"})
    [changed_resources] = changes(
        same, same, old_sections=sections("a"), new_sections=sections("a,b")
    )
    assert (
        changed_resources.type,
        [property_.cause for property_ in changed_resources.properties],
    ) == (
        "Fn::ForEach",
        ["default of parameter P: a → a,b"],
    )


def test_changed_macro_input_is_known_after_apply() -> None:
    serverless = {"Transform": "AWS::Serverless-2016-10-31"}
    old = serverless | {"Globals": {"Function": {"Timeout": 3}}}
    new = serverless | {"Globals": {"Function": {"Timeout": 5}}}
    [changed_resources] = changes({}, {}, old_sections=old, new_sections=new)
    assert (
        changed_resources.logical_id,
        changed_resources.type,
        changed_resources.action,
        changed_resources.replacement,
    ) == (
        "Globals",
        "section",
        ChangeAction.DYNAMIC,
        NO,
    )


def test_old_and_new_values_are_reported_by_path() -> None:
    [changed_resources] = changes(
        {"F": resource("AWS::Logs::MetricFilter", FILTER)},
        {
            "F": resource(
                "AWS::Logs::MetricFilter",
                {
                    **FILTER,
                    "FilterPattern": "{ $.b = 1 }",
                    "MetricTransformations": [
                        {
                            "MetricNamespace": "N",
                            "MetricName": "X",
                            "MetricValue": "1",
                            "DefaultValue": 0,
                        }
                    ],
                },
            )
        },
    )
    assert [(p.path, p.before, p.after) for p in changed_resources.properties] == [
        ("FilterPattern", "{ $.a = 1 }", "{ $.b = 1 }"),
        ("MetricTransformations[0].MetricName", "M", "X"),
        ("MetricTransformations[0].DefaultValue", None, "0"),
    ]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param({}, PolicyAction.DELETE, id="none"),
        pytest.param({"DeletionPolicy": "Delete"}, PolicyAction.DELETE, id="delete"),
        pytest.param({"DeletionPolicy": "Retain"}, PolicyAction.RETAIN, id="retain"),
        pytest.param(
            {"DeletionPolicy": "RetainExceptOnCreate"}, PolicyAction.RETAIN, id="retain later on"
        ),
        pytest.param({"DeletionPolicy": "Snapshot"}, PolicyAction.SNAPSHOT, id="snapshot"),
    ],
)
def test_the_policy_of_a_removed_resource(
    policy: Mapping[str, str], expected: PolicyAction
) -> None:
    before = {"T": topic(), "R": {**topic(), **policy}}
    assert [(c.action, c.policy) for c in changes(before, {"T": topic()})] == [
        (ChangeAction.REMOVE, expected)
    ]


def test_the_policy_of_a_replaced_resource() -> None:
    before = {"T": topic(TopicName="a")}
    after = {"T": topic(TopicName="b") | {"UpdateReplacePolicy": "Retain"}}
    [changed_resources] = changes(before, after)
    assert changed_resources.policy is PolicyAction.REPLACE_AND_RETAIN


def test_the_default_of_a_secret_parameter_is_redacted() -> None:
    def document(default: str) -> dict[str, Any]:
        return {
            "Parameters": {"S": {"Type": "String", "NoEcho": "true", "Default": default}},
            "Resources": {"T": topic(DisplayName={"Ref": "S"})},
        }

    plan = templates.plan_from_templates(
        source("s", document("new-secret")), document("old-secret"), "before"
    )
    assert "secret" not in str(plan.parameters) + str(plan.resource_changes)


# -- broadened access --------------------------------------------------------------------------


def allow(action: Any = "s3:GetObject", resource_: Any = "arn:a", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource_, **more}


def deny(action: Any = "s3:*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": "*", **more}


def policy(*statements: Any) -> dict[str, Any]:
    document = {"Statement": list(statements)}
    return {"R": resource("AWS::S3::BucketPolicy", {"Bucket": "b", "PolicyDocument": document})}


_IF = {"StringEquals": {"aws:SourceAccount": "111122223333"}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(policy(allow()), policy(allow()), id="the same"),
        pytest.param(policy(allow(["s3:Get*"])), policy(allow()), id="fewer actions"),
        pytest.param(policy(allow(resource_="*")), policy(allow()), id="fewer resources"),
        pytest.param(policy(allow()), policy(allow(Condition=_IF)), id="a condition more"),
        pytest.param(
            policy(allow(), deny()),
            policy(allow(), deny(), deny("x:y")),
            id="another Deny statement",
        ),
        pytest.param(policy(allow(["a:B", "c:D"])), policy(allow("a:B"), allow("c:D")), id="split"),
        pytest.param(policy(allow("s3:getobject")), policy(allow()), id="other capitals"),
    ],
)
def test_access_that_is_not_broadened(before: Resources, after: Resources) -> None:
    assert impacts(before, after, Risk.BROADEN) == []


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        pytest.param(
            policy(allow()), policy(allow("s3:*")),
            "PolicyDocument allows more: s3:*", id="more actions",
        ),
        pytest.param(
            policy(allow()), policy(allow(resource_="*")),
            "PolicyDocument allows more: s3:GetObject", id="more resources",
        ),
        pytest.param(
            policy(allow(Principal={"AWS": "a"})), policy(allow(Principal="*")),
            "PolicyDocument allows more: s3:GetObject for AWS:*", id="all principals",
        ),
        pytest.param(
            policy(allow(Condition=_IF)), policy(allow()),
            "PolicyDocument allows more: s3:GetObject", id="a condition less",
        ),
        pytest.param(
            policy(allow(Condition={"Bool": {"a": "true"}})),
            policy(allow(Condition={"Bool": {"a": "false"}})),
            "PolicyDocument allows more: s3:GetObject (with conditions)",
            id="the opposite condition",
        ),
        pytest.param(
            policy(allow(), deny(Sid="Tls")), policy(allow()),
            "PolicyDocument Tls denies less: s3:*", id="a removed Deny statement",
        ),
        pytest.param(
            policy(deny()), policy(deny(Condition=_IF)),
            "PolicyDocument denies less: s3:*", id="a Deny statement with a condition",
        ),
        pytest.param(
            policy(allow()), policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            "PolicyDocument allows more: NotAction", id="NotAction",
        ),
        pytest.param(
            {"R": resource("AWS::S3::Bucket", {"PublicAccessBlockConfiguration":
                                               {"BlockPublicAcls": True}})},
            {"R": resource("AWS::S3::Bucket", {"PublicAccessBlockConfiguration":
                                               {"BlockPublicAcls": False}})},
            "PublicAccessBlockConfiguration.BlockPublicAcls is disabled", id="public access",
        ),
        pytest.param(
            {"R": resource("AWS::IAM::Role", {"PermissionsBoundary": "b"})},
            {"R": resource("AWS::IAM::Role", {})},
            "PermissionsBoundary is removed", id="a boundary less",
        ),
        pytest.param(
            {"R": resource("AWS::IAM::Role", {"ManagedPolicyArns": ["a"]})},
            {"R": resource("AWS::IAM::Role", {"ManagedPolicyArns": ["a", "b"]})},
            "ManagedPolicyArns adds b", id="a managed policy more",
        ),
    ],
)  # fmt: skip
def test_broadened_access(before: Resources, after: Resources, text: str) -> None:
    assert impacts(before, after, Risk.BROADEN) == [(Risk.BROADEN, "R", text)]


def test_removal_and_replacement_are_risks() -> None:
    before = {"A": topic(TopicName="a"), "B": topic() | {"DeletionPolicy": "Retain"}}
    after = {"A": topic(TopicName="b")}
    plan = templates.plan_from_templates(
        source("s", {"Resources": after}), {"Resources": before}, "before"
    )
    assert [e for e in plan.impacts if e.risk in (Risk.REPLACE, Risk.REMOVE)] == [
        Impact(risk=Risk.REPLACE, logical_id="A", text="is replaced; the old resource is deleted"),
        Impact(risk=Risk.REMOVE, logical_id="B", text="is retained"),
    ]


def test_a_metric_filter_is_deleted_before_it_is_created() -> None:
    """The detection gap depends on this fact."""
    filter_schema = schema("AWS::Logs::MetricFilter")
    assert filter_schema is not None
    assert (filter_schema.deletes_before_create, filter_schema.create_only) == (
        True,
        (("FilterName",), ("LogGroupName",)),
    )

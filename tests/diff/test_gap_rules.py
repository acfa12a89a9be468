"""Detection gaps in small templates: types, cases and values that built templates do not have."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.deploy.conftest import source
from trailbell.diff.judge_changes import judge_changes
from trailbell.diff.model import (
    ChangeAction,
    Notice,
    NoticeLevel,
    ParameterValues,
    ResourceChange,
    Risk,
    StackPlan,
)
from trailbell.diff.templates import plan_from_templates

Template = dict[str, Any]

_LOOKED_UP = {"Fn::FindInMap": ["M", {"Ref": "AWS::AccountId"}, "e"]}


def plan(before: Template, after: Template) -> StackPlan:
    return plan_from_templates(source("s", after), before, "before")


def found(shown: StackPlan) -> tuple[list[str], list[str]]:
    """The texts of the detection gaps, and of what could not be judged."""
    return (
        [impact.text for impact in shown.impacts if impact.risk is Risk.DETECTION_GAP],
        [notice.text for notice in shown.notices if notice.level is NoticeLevel.UNKNOWN],
    )


def one(type_: str, /, **properties: Any) -> Template:
    return {"Resources": {"R": {"Type": type_, "Properties": properties}}}


def gaps_of(type_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    gaps, unknown = found(plan(one(type_, **old), one(type_, **new)))
    assert unknown == []
    return gaps


# -- when an alarm fires -----------------------------------------------------------------------

COUNT: dict[str, Any] = {
    "Statistic": "Sum",
    "Threshold": 5,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Period": 300,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
}
RATIO = COUNT | {"Statistic": "Average", "EvaluationPeriods": 1, "DatapointsToAlarm": 1}
LESS: dict[str, Any] = {
    "Statistic": "Sum",
    "Threshold": 1,
    "ComparisonOperator": "LessThanThreshold",
    "Period": 3600,
    "EvaluationPeriods": 1,
}


@pytest.mark.parametrize(
    ("before", "change"),
    [
        pytest.param(COUNT, {"Threshold": 4}, id="a lower threshold"),
        pytest.param(COUNT, {"Threshold": 4.5}, id="a fraction, which no count reaches earlier"),
        pytest.param(COUNT, {"Threshold": "5"}, id="the same number as text"),
        pytest.param(
            COUNT,
            {"Threshold": 4, "ComparisonOperator": "GreaterThanThreshold"},
            id="more than 4 instead of at least 5",
        ),
        pytest.param(COUNT, {"DatapointsToAlarm": 1}, id="fewer datapoints"),
        pytest.param(
            RATIO, {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 4}, id="a ratio"
        ),
        pytest.param(RATIO, {"Period": 60}, id="an average of a shorter period"),
        pytest.param(LESS, {"Threshold": 2}, id="a higher threshold from below"),
        pytest.param(
            LESS,
            {"Threshold": 0, "ComparisonOperator": "LessThanOrEqualToThreshold"},
            id="at most 0 instead of less than 1",
        ),
        pytest.param(LESS, {"DatapointsToAlarm": 1}, id="the default is written"),
        pytest.param(
            LESS | {"TreatMissingData": "breaching"},
            {"TreatMissingData": "missing", "InsufficientDataActions": ["arn:topic"]},
            id="an action for missing data, where it breached",
        ),
    ],
)
def test_an_alarm_that_fires_as_often(before: Mapping[str, Any], change: Mapping[str, Any]) -> None:
    assert gaps_of("AWS::CloudWatch::Alarm", before, {**before, **change}) == []


@pytest.mark.parametrize(
    ("before", "change", "expected"),
    [
        pytest.param(
            COUNT, {"Threshold": 5.5},
            "The alarm fires at 6 events in 5 minutes, in 2 of 3 periods instead of at 5 events "
            "in 5 minutes, in 2 of 3 periods.",
            id="a fraction above",
        ),
        pytest.param(
            COUNT, {"Period": 60},
            "The alarm fires at 5 events in 1 minute, in 2 of 3 periods instead of at 5 events "
            "in 5 minutes, in 2 of 3 periods.",
            id="fewer events are counted together",
        ),
        pytest.param(
            COUNT, {"EvaluationPeriods": 2},
            "The alarm fires at 5 events in 5 minutes, in 2 of 2 periods instead of at 5 events "
            "in 5 minutes, in 2 of 3 periods.",
            id="the datapoints have to be closer together",
        ),
        pytest.param(
            RATIO, {"ComparisonOperator": "GreaterThanThreshold"},
            "The alarm fires at Average > 5 in 5 minutes instead of at Average >= 5 in 5 minutes.",
            id="a strict comparison of a ratio",
        ),
        pytest.param(
            LESS, {"Threshold": -1},
            "The alarm fires never instead of at no event in 1 hour.",
            id="a count is never negative",
        ),
        pytest.param(
            LESS | {"Threshold": 6}, {"Threshold": 3},
            "The alarm fires at 2 events or fewer in 1 hour instead of at 5 events or fewer in "
            "1 hour.",
            id="a lower threshold from below",
        ),
        pytest.param(
            LESS | {"TreatMissingData": "breaching"}, {"TreatMissingData": "missing"},
            "Missing data is missing: the alarm no longer notifies if nothing arrives.",
            id="missing data without an action, where it breached",
        ),
        pytest.param(
            COUNT, {"Threshold": {"Ref": "P"}},
            "The alarm may fire less: Threshold could not be compared with the old value.",
            id="a parameter without default",
        ),
        pytest.param(
            COUNT, {"Metrics": [{"Id": "m", "Expression": "a/b"}]},
            "The alarm may fire less: Metrics could not be compared with the old value.",
            id="an expression",
        ),
        pytest.param(
            COUNT, {"ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold"},
            "The alarm may fire less: ComparisonOperator could not be compared with the old value.",
            id="an anomaly band",
        ),
    ],
)  # fmt: skip
def test_an_alarm_that_fires_less(
    before: Mapping[str, Any], change: Mapping[str, Any], expected: str
) -> None:
    parameters = {"Parameters": {"P": {"Type": "Number"}}}
    old = one("AWS::CloudWatch::Alarm", **before)
    new = one("AWS::CloudWatch::Alarm", **{**before, **change})
    assert found(plan({**old, **parameters}, {**new, **parameters})) == ([expected], [])


# -- other types -------------------------------------------------------------------------------

SUBSCRIPTION = {
    "LogGroupName": "g",
    "FilterPattern": "{ ($.eventName = A) || ($.eventName = B) }",
    "DestinationArn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
}
RULE = {"State": "ENABLED", "EventPattern": {"source": ["a"]}, "Targets": [{"Id": "1", "Arn": "t"}]}
LOGS_ROLE = {
    "AssumeRolePolicyDocument": {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "logs.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    },
    "Policies": [
        {"PolicyDocument": {"Statement": {
            "Effect": "Allow", "Action": "firehose:PutRecord*", "Resource": "arn:a"}}}
    ],
    "ManagedPolicyArns": ["arn:m"],
}  # fmt: skip
PERMISSION = {
    "Action": "lambda:InvokeFunction",
    "FunctionName": "f",
    "Principal": "sns.amazonaws.com",
    "SourceArn": "arn:t",
}
BUS_POLICY: dict[str, Any] = {
    "EventBusName": "b",
    "StatementId": "s",
    "Statement": {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": "arn:b",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    },
}
OF_ACCOUNT = {"StatementId": "s", "Action": "events:PutEvents", "Principal": "111122223333"}
ARCHIVE = {"SourceArn": "arn:b", "RetentionDays": 30, "EventPattern": {"source": ["a", "b"]}}
SLACK = {"SlackWorkspaceId": "w", "SlackChannelId": "c", "SnsTopicArns": ["t", "u"]}
EVENTS_ROLE = {
    "AssumeRolePolicyDocument": {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    },
    "Policies": [
        {"PolicyDocument": {"Statement": {
            "Effect": "Allow", "Action": "events:PutEvents", "Resource": "arn:b"}}}
    ],
}  # fmt: skip
DEAD_LETTERS = {"RedrivePolicy": {"deadLetterTargetArn": "arn:q"}}
EMAIL = {"Protocol": "email", "Endpoint": "a", "TopicArn": "t"}


@pytest.mark.parametrize(
    ("type_", "before", "change"),
    [
        pytest.param(
            "AWS::Logs::SubscriptionFilter", SUBSCRIPTION,
            {"FilterPattern": "{ ($.eventName = B) || ($.eventName = A) }"},
            id="the order of a pattern",
        ),
        pytest.param(
            "AWS::Logs::SubscriptionFilter", SUBSCRIPTION, {"Distribution": "Random"},
            id="the distribution of a subscription filter",
        ),
        pytest.param("AWS::Events::Rule", RULE, {"Description": "x"}, id="a description"),
        pytest.param(
            "AWS::Lambda::Permission", PERMISSION | {"Principal": "apigateway.amazonaws.com"},
            {"SourceArn": "arn:x"}, id="a permission of another service",
        ),
        pytest.param(
            "AWS::IAM::Role",
            LOGS_ROLE | {"AssumeRolePolicyDocument": {"Statement": []}}, {"Policies": []},
            id="a role that no service of detection assumes",
        ),
        pytest.param(
            "AWS::IAM::Role", LOGS_ROLE,
            {"ManagedPolicyArns": ["arn:m", "arn:n"]}, id="one more managed policy",
        ),
        pytest.param(
            "AWS::Events::Rule", RULE | {"State": "DISABLED"}, {"Targets": []},
            id="a rule that was disabled before",
        ),
        pytest.param(
            "AWS::Events::Rule", RULE, {"EventPattern": '{"source": ["a"]}'},
            id="the same event pattern as text",
        ),
        pytest.param(
            "AWS::Events::Rule", RULE, {"EventPattern": {"source": ["a", "b"]}},
            id="a wider event pattern",
        ),
        pytest.param(
            "AWS::Events::EventBus", {"Name": "b"}, {"Description": "x"}, id="a bus, described",
        ),
        pytest.param(
            "AWS::Events::EventBusPolicy", BUS_POLICY,
            {"Statement": BUS_POLICY["Statement"] | {"Condition": {}}}, id="more accounts",
        ),
        pytest.param("AWS::Events::Archive", ARCHIVE, {"RetentionDays": 0}, id="kept for ever"),
        pytest.param(
            "AWS::Events::Archive", ARCHIVE, {"EventPattern": {"source": [{"exists": True}]}},
            id="more events are archived",
        ),
        pytest.param(
            "AWS::Chatbot::SlackChannelConfiguration", SLACK, {"SnsTopicArns": ["t", "u", "v"]},
            id="one more topic in a chat channel",
        ),
        pytest.param("AWS::SNS::Subscription", EMAIL, DEAD_LETTERS, id="a first dead-letter queue"),
        pytest.param(
            "AWS::S3::Bucket", {}, {"BucketEncryption": {"ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}},
            id="encryption by S3",
        ),
        pytest.param(
            "AWS::S3::Bucket", {}, {"LifecycleConfiguration": {"Rules": [
                {"Status": "Disabled", "ExpirationInDays": 1}]}},
            id="a lifecycle rule that is disabled",
        ),
    ],
)  # fmt: skip
def test_a_change_without_effect_on_detection(
    type_: str, before: Mapping[str, Any], change: Mapping[str, Any]
) -> None:
    gaps = gaps_of(type_, before, {**before, **change})
    assert [text for text in gaps if "replaced" not in text] == []


@pytest.mark.parametrize(
    ("type_", "before", "change", "expected"),
    [
        pytest.param(
            "AWS::Logs::SubscriptionFilter", SUBSCRIPTION,
            {"FilterPattern": "{ $.eventName = A }"},
            'No longer fires on eventName B. Example: {"eventName": "B"}',
            id="a narrower subscription filter",
        ),
        pytest.param(
            "AWS::Logs::SubscriptionFilter", SUBSCRIPTION, {"DestinationArn": "arn:x"},
            "The filter sends events to arn:x instead of "
            "arn:aws:lambda:eu-west-1:111122223333:function:f.",
            id="another destination",
        ),
        pytest.param(
            "AWS::CloudWatch::CompositeAlarm", {"AlarmRule": "ALARM(a) OR ALARM(b)"},
            {"AlarmRule": "ALARM(a)"},
            "The alarm may fire less: its AlarmRule could not be compared with the old one.",
            id="the rule of a composite alarm",
        ),
        pytest.param(
            "AWS::Events::Rule", RULE, {"State": "DISABLED"}, "The rule is disabled.",
            id="a disabled rule",
        ),
        pytest.param(
            "AWS::Events::Rule", RULE, {"Targets": []},
            "Events are no longer sent to t (its subscribers are not in this template): no target "
            "receives events.",
            id="a target less",
        ),
        pytest.param(
            "AWS::Events::Rule", RULE, {"EventPattern": {"source": ["b"]}},
            "No longer matches source a.",
            id="an event pattern for other events",
        ),
        pytest.param(
            "AWS::Events::Rule", {"ScheduleExpression": "rate(1 hour)"},
            {"ScheduleExpression": "rate(1 day)"},
            "The rule may run less often: ScheduleExpression could not be compared.",
            id="another schedule",
        ),
        pytest.param(
            "AWS::Events::EventBus", {"DeadLetterConfig": {"Arn": "arn:q"}},
            {"DeadLetterConfig": None},
            "Events that cannot be decrypted are lost instead of kept in arn:q.",
            id="an event bus without its queue",
        ),
        pytest.param(
            "AWS::Events::EventBus", {}, {"KmsKeyIdentifier": "arn:k"},
            "KmsKeyIdentifier is arn:k, whose key policy is not in this template: unless it allows "
            "the service, EventBridge cannot send events to what the key encrypts.",
            id="an event bus under a key",
        ),
        pytest.param(
            "AWS::Events::EventBusPolicy", BUS_POLICY,
            {"Statement": BUS_POLICY["Statement"] | {"Condition": {
                "StringEquals": {"aws:PrincipalOrgID": "o-2"}}}},
            "Other accounts cannot send events to the event bus, unless its requests meet the new "
            "conditions and resources of the statements that allow events:PutEvents.",
            id="another organization",
        ),
        pytest.param(
            "AWS::Events::EventBusPolicy", OF_ACCOUNT, {"Action": "events:PutRule"},
            "Other accounts cannot send events to the event bus: events:PutEvents is no longer "
            "allowed.",
            id="another action in a policy without a statement",
        ),
        pytest.param(
            "AWS::Events::Archive", ARCHIVE, {"RetentionDays": 7},
            "Days that events are kept for replay: 7 instead of 30.",
            id="an archive for a shorter time",
        ),
        pytest.param(
            "AWS::Events::Archive", {"SourceArn": "arn:b"}, {"RetentionDays": 7},
            "Days that events are kept for replay: 7 instead of without limit.",
            id="a first limit of an archive",
        ),
        pytest.param(
            "AWS::Events::Archive", ARCHIVE, {"EventPattern": {"source": ["b"]}},
            "No longer matches source a.",
            id="fewer events are archived",
        ),
        pytest.param(
            "AWS::Events::Archive", {"SourceArn": "arn:b"}, {"EventPattern": {"source": ["b"]}},
            "The archive keeps only the events that its new EventPattern matches.",
            id="a first pattern of an archive",
        ),
        pytest.param(
            "AWS::Chatbot::SlackChannelConfiguration", SLACK, {"SnsTopicArns": ["u"]},
            "The chat channel no longer shows notifications of topic t.",
            id="a topic less in a chat channel",
        ),
        pytest.param(
            "AWS::Chatbot::MicrosoftTeamsChannelConfiguration", {"IamRoleArn": "arn:r"},
            {"IamRoleArn": "arn:s"}, "The role of the chat channel is arn:s instead.",
            id="another role of a chat channel",
        ),
        pytest.param(
            "AWS::IAM::Role", EVENTS_ROLE, {"Policies": []},
            "EventBridge cannot send events to its targets: events:PutEvents is no longer allowed.",
            id="a role of EventBridge without permissions",
        ),
        pytest.param(
            "AWS::IAM::Role", LOGS_ROLE, {"ManagedPolicyArns": []},
            "The managed policy arn:m is removed: the role may be unable to write.",
            id="a managed policy less",
        ),
        pytest.param(
            "AWS::IAM::Role", LOGS_ROLE, {"Policies": []},
            "CloudWatch Logs cannot send events to the destination: firehose:PutRecord, "
            "firehose:PutRecordBatch are no longer allowed.",
            id="a role of CloudWatch Logs without permissions",
        ),
        pytest.param(
            "AWS::SNS::Subscription", EMAIL | DEAD_LETTERS, {"RedrivePolicy": None},
            "The dead-letter queue for undelivered notifications is none instead.",
            id="the dead-letter queue is removed",
        ),
        pytest.param(
            "AWS::S3::Bucket", {}, {"LifecycleConfiguration": {"Rules": [
                {"Status": "Enabled", "ExpirationInDays": 1}]}},
            "Days that log files are kept: 1 instead of without limit.",
            id="a first lifecycle rule",
        ),
        pytest.param(
            "AWS::S3::Bucket", {}, {"BucketEncryption": {"ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}},
            "The bucket is encrypted with key alias/aws/s3: unless its policy allows CloudTrail, "
            "log files cannot be delivered.",
            id="a key of which the policy cannot be changed",
        ),
        pytest.param(
            "AWS::Logs::LogGroup", {}, {"RetentionInDays": 30},
            "Days that events are kept: 30 instead of without limit.",
            id="a first retention",
        ),
    ],
)  # fmt: skip
def test_a_change_that_silences(
    type_: str, before: Mapping[str, Any], change: Mapping[str, Any], expected: str
) -> None:
    after = {name: value for name, value in {**before, **change}.items() if value is not None}
    assert gaps_of(type_, before, after) == [expected]


OTHER_RULE = RULE | {"EventPattern": {"source": ["a", "b"]}}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(OTHER_RULE, [], id="it matches the same and more"),
        pytest.param(
            OTHER_RULE | {"Targets": [{"Id": "1", "Arn": "u"}]},
            ["The rule is deleted: its targets receive no events."],
            id="it has another target",
        ),
        pytest.param(
            OTHER_RULE | {"State": "DISABLED"},
            ["The rule is deleted: its targets receive no events."],
            id="it is disabled",
        ),
        pytest.param(
            OTHER_RULE | {"EventBusName": "b"},
            ["The rule is deleted: its targets receive no events."],
            id="it is on another event bus",
        ),
        pytest.param(
            OTHER_RULE | {"EventPattern": {"source": ["b"]}},
            ["The rule is deleted: its targets receive no events."],
            id="it matches other events",
        ),
    ],
)
def test_a_rule_is_deleted_next_to_another_one(
    other: Mapping[str, Any], expected: list[str]
) -> None:
    after = {"O": {"Type": "AWS::Events::Rule", "Properties": other}}
    before = {"R": {"Type": "AWS::Events::Rule", "Properties": RULE}}
    assert found(plan({"Resources": {**before, **after}}, {"Resources": after})) == (expected, [])


# -- cases of parameters -----------------------------------------------------------------------

PARAMETERS = {
    "Env": {"Type": "String", "Default": "prod", "AllowedValues": ["prod", "dev"]},
    "Mail": {"Type": "String", "Default": ""},
}
CONDITIONS = {
    "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
    "HasMail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Mail"}, ""]}]},
    "MailStarts": {
        "Fn::Equals": [
            {"Fn::Select": [0, {"Fn::Split": [":b:", {"Ref": "Mail"}]}]},
            {"Fn::Sub": "a:${AWS::Region}"},
        ]
    },
    "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "HasMail"}]},
}


def conditional(condition: str, **conditions: Any) -> Template:
    """An alarm with a condition."""
    return {
        "Parameters": PARAMETERS,
        "Conditions": CONDITIONS | conditions,
        "Resources": {"R": {"Type": "AWS::CloudWatch::Alarm", "Condition": condition}},
    }


START = '"a:${AWS::Region}:b:*"'
DELETED = "The alarm is deleted: no notification is sent."


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("Both", "HasMail", [], id="fewer conditions"),
        pytest.param("Both", "IsProd", [], id="the other part"),
        pytest.param(
            "HasMail", "Both",
            [f'{DELETED} This is so if Mail is set and Env has another value.'],
            id="one more condition",
        ),
        pytest.param("IsProd", "HasMail", [DELETED], id="false by default"),
        pytest.param("MailStarts", "HasMail", [], id="a start of a value that is set"),
        pytest.param(
            "MailStarts", "IsProd",
            [f"{DELETED} This is so if Mail is {START} and Env has another value."],
            id="a condition on the start of a value",
        ),
        pytest.param(
            "HasMail", "IsProd",
            [f"{DELETED} This is so if Mail is set and Env has another value."],
            id="a condition that is true by default",
        ),
    ],
)  # fmt: skip
def test_a_gap_names_the_values_for_which_it_exists(
    before: str, after: str, expected: list[str]
) -> None:
    assert found(plan(conditional(before), conditional(after))) == (expected, [])


def test_a_definition_with_the_same_result_is_no_gap() -> None:
    same = {"Fn::Not": [{"Fn::Not": [{"Fn::Equals": ["prod", {"Ref": "Env"}]}]}]}
    shown = plan(conditional("IsProd"), conditional("IsProd", IsProd=same))
    assert (found(shown), len(shown.resource_changes)) == (([], []), 1)


def test_too_many_cases_are_unknown() -> None:
    names = [f"P{number}" for number in range(13)]
    document = {
        "Parameters": {name: {"Type": "String", "Default": "a"} for name in names},
        "Conditions": {name: {"Fn::Equals": [{"Ref": name}, "a"]} for name in names},
    }

    def topic(value: str) -> Template:
        text = {"Fn::Join": ["", [{"Fn::If": [name, value, ""]} for name in names]]}
        return document | one("AWS::SNS::Topic", DisplayName=text)

    assert found(plan(topic("x"), topic("y"))) == (
        [],
        ["Its conditions depend on too many parameters to judge the change."],
    )


# -- what cannot be judged ---------------------------------------------------------------------

FILTER: dict[str, Any] = {
    "LogGroupName": "g",
    "FilterPattern": "{ $.a = 1 }",
    "MetricTransformations": [],
}
SSM = {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a"}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            one("AWS::Logs::MetricFilter", **FILTER),
            one("AWS::Logs::MetricFilter", **{**FILTER, "FilterPattern": "{ $.a = }"}),
            ["The filter pattern could not be read: unexpected '}'"],
            id="a pattern with a syntax error",
        ),
        pytest.param(
            one("AWS::Logs::MetricFilter", **FILTER) | {"Parameters": SSM},
            one("AWS::Logs::MetricFilter", **{**FILTER, "FilterPattern": {"Ref": "P"}})
            | {"Parameters": SSM},
            ["The filter pattern is known only during the deployment.",
             "FilterPattern is known only during the deployment."],
            id="a pattern in Parameter Store",
        ),
        pytest.param(
            one("AWS::CloudFormation::Stack", TemplateURL="https://a/1"),
            one("AWS::CloudFormation::Stack", TemplateURL="https://a/2"),
            ["What changes in the nested stack was not compared."],
            id="the template of a nested stack",
        ),
        pytest.param(
            {"Resources": {"Fn::ForEach::A": ["N", ["a"], {"${N}": {
                "Type": "AWS::CloudWatch::Alarm", "Properties": {"Threshold": 1}}}]}},
            {"Resources": {"Fn::ForEach::A": ["N", ["a"], {"${N}": {
                "Type": "AWS::CloudWatch::Alarm", "Properties": {"Threshold": 2}}}]}},
            ["What the macro or loop creates could not be judged."],
            id="alarms in a loop",
        ),
        pytest.param(
            {"Resources": {"Fn::ForEach::A": ["N", ["a"], {"${N}": {"Type": "AWS::EC2::VPC"}}]}},
            {"Resources": {"Fn::ForEach::A": ["N", ["b"], {"${N}": {"Type": "AWS::EC2::VPC"}}]}},
            [],
            id="a loop of a type that detects nothing",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_unknown(
    before: Template, after: Template, expected: list[str]
) -> None:
    shown = plan(before, after)
    assert found(shown) == ([], expected)
    assert shown.blocks(frozenset({Risk.REMOVE})) is bool(expected)


# -- with the values of a deployment -----------------------------------------------------------

MODIFIED = ResourceChange(logical_id="R", type="AWS::CloudWatch::Alarm", action=ChangeAction.MODIFY)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param("1", [], id="a lower value"),
        pytest.param(
            "9",
            ["The alarm fires at 9 events in 5 minutes instead of at 5 events in 5 minutes."],
            id="a higher value",
        ),
    ],
)
def test_the_values_of_a_deployment_are_used(after: str, expected: list[str]) -> None:
    """A change set shows the change of a parameter's value, with the same template."""
    threshold = {"Threshold": {"Ref": "P"}, "EvaluationPeriods": 1, "DatapointsToAlarm": 1}
    document = one("AWS::CloudWatch::Alarm", **{**COUNT, **threshold}) | {
        "Parameters": {"P": {"Type": "Number", "Default": 3}}
    }
    values = ParameterValues(before={"P": "5"}, after={"P": after})
    judgment = judge_changes(document, document, (MODIFIED,), values)
    assert [impact.text for impact in judgment.impacts] == expected
    assert judgment.notices == ()


def test_an_alarm_that_a_change_set_removes_is_a_gap() -> None:
    """The value of a parameter can make a condition false: the template still has the alarm."""
    removed = ResourceChange(
        logical_id="R", type="AWS::CloudWatch::Alarm", action=ChangeAction.REMOVE
    )
    document = conditional("HasMail")
    values = ParameterValues(before={"Mail": "a@b.c"}, after={"Mail": ""})
    judgment = judge_changes(document, document, (removed,), values)
    assert [i.text for i in judgment.impacts if i.risk is Risk.DETECTION_GAP] == [DELETED]


def test_a_template_that_was_not_read_has_no_judgment() -> None:
    judgment = judge_changes(None, one("AWS::CloudWatch::Alarm"), (MODIFIED,))
    assert (judgment.impacts, judgment.notices) == ((), ())


def test_unknown_is_a_notice_of_the_resource() -> None:
    before = one("AWS::CloudFormation::Stack", TemplateURL="https://a/1")
    assert plan(before, {"Resources": {}}).notices == (
        Notice(
            level=NoticeLevel.UNKNOWN,
            logical_id="R",
            text="The nested stack is deleted; what it detects is not known.",
        ),
    )


@pytest.mark.parametrize(
    "encryption",
    [
        pytest.param({"Fn::FindInMap": ["M", {"Ref": "AWS::AccountId"}, "e"]}, id="the whole"),
        pytest.param(
            {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": _LOOKED_UP}]},
            id="the default",
        ),
    ],
)
def test_an_encryption_that_is_not_known_is_no_error(encryption: Any) -> None:
    def template(properties: dict[str, Any]) -> dict[str, Any]:
        return {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": properties}}}

    after = source("s", template({"BucketEncryption": encryption}))
    plan = plan_from_templates(after, template({}), "old")
    assert [change.logical_id for change in plan.resource_changes] == ["B"]

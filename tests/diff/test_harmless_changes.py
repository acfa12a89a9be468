"""Changes that alarms do not notice: none of them is a detection gap."""

from typing import Any

import pytest

from tests.diff.mutations import (
    Change,
    Template,
    add,
    drop,
    gaps,
    plan_of_change,
    put,
    put_attribute,
    put_section,
    remove,
    rewrite,
)

ALERTS, REALTIME = "security-alerts", "realtime"
RULE = "IamChangesRule"
TEXT = (RULE, "Targets", 0)
TEMPLATE = (*TEXT, "InputTransformer", "InputTemplate", "Fn::Join", 1)
READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
KMS, ALARM, HEART = "KmsKeyDestroyedFilter", "KmsKeyDestroyedAlarm", "HeartbeatAlarm"
METRIC = (KMS, "MetricTransformations", 0)
STATEMENTS = ("PolicyDocument", "Statement")
ALLOW = {"Effect": "Allow", "Principal": {"Service": "a.amazonaws.com"}, "Action": "*"}
DENY_HTTP = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sns:Publish",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
DENY_PEOPLE = {**DENY_HTTP, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}}
KEY_ID = {"Fn::If": ["MakesKey", {"Ref": "Key"}, {"Ref": "AWS::NoValue"}]}
MANAGEMENT = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}


def all_of(*changes: Change) -> Change:
    def change(template: Template) -> None:
        for single in changes:
            single(template)

    return change


def split_filter(template: Template) -> None:
    """Count one event name in a second filter of the same metric."""
    original: dict[str, Any] = template["Resources"][KMS]["Properties"]
    part = " || ($.eventName = DeleteAlias)"
    assert part in original["FilterPattern"]
    template["Resources"][f"{KMS}2"] = {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            **original,
            "FilterName": "second",
            "FilterPattern": "{ $.eventName = DeleteAlias }",
        },
    }
    original["FilterPattern"] = original["FilterPattern"].replace(part, "")


def rename_rule(template: Template) -> None:
    template["Resources"]["Renamed"] = template["Resources"].pop(RULE)


@pytest.mark.parametrize(
    ("stack", "change"),
    [
        pytest.param(ALERTS, put(ALARM, "AlarmDescription", to="x"), id="a description"),
        pytest.param(ALERTS, put(ALARM, "AlarmName", to="x"), id="the name of an alarm"),
        pytest.param(
            ALERTS, put(ALARM, "Tags", to=[{"Key": "a", "Value": "b"}]), id="the tags of an alarm"
        ),
        pytest.param(ALERTS, put("HighTopic", "DisplayName", to="x"), id="a display name"),
        pytest.param(ALERTS, put(ALARM, "Threshold", to=0), id="a lower threshold"),
        pytest.param(
            ALERTS,
            all_of(
                put(ALARM, "ComparisonOperator", to="GreaterThanThreshold"),
                put(ALARM, "Threshold", to=0),
            ),
            id="the same threshold with another operator",
        ),
        pytest.param(ALERTS, put(ALARM, "Period", to=60), id="a shorter period at threshold 1"),
        pytest.param(ALERTS, put(ALARM, "TreatMissingData", to="missing"), id="missing data"),
        pytest.param(ALERTS, put(HEART, "Period", to=300), id="a faster heartbeat"),
        pytest.param(
            ALERTS,
            put(HEART, "TreatMissingData", to="breaching"),
            id="a heartbeat for which missing data breaches",
        ),
        pytest.param(ALERTS, put(HEART, "Threshold", to=10), id="a more sensitive heartbeat"),
        pytest.param(
            ALERTS, add(ALARM, "AlarmActions", entry={"Ref": "LowTopic"}), id="one more action"
        ),
        pytest.param(
            ALERTS,
            rewrite(KMS, "FilterPattern", old="DeleteImportedKeyMaterial", new='"Delete*"'),
            id="a wider pattern",
        ),
        pytest.param(
            ALERTS, rewrite(KMS, "FilterPattern", old=" || ", new="  ||\t"), id="other spaces"
        ),
        pytest.param(
            ALERTS,
            rewrite(KMS, "FilterPattern", old="kms.amazonaws.com", new='"kms.amazonaws.com"'),
            id="quotes in a pattern",
        ),
        pytest.param(ALERTS, split_filter, id="a filter is split into two"),
        pytest.param(
            ALERTS,
            all_of(put(*METRIC, "MetricName", to="X"), put(ALARM, "MetricName", to="X")),
            id="filter and alarm use another metric together",
        ),
        pytest.param(
            ALERTS,
            put_section("Parameters", "MetricNamespace", "Default", to="Other"),
            id="all filters and alarms use another namespace",
        ),
        pytest.param(ALERTS, drop(*METRIC, "DefaultValue"), id="no default value"),
        pytest.param(ALERTS, put(*METRIC, "MetricValue", to="1.0"), id="the same value"),
        pytest.param(ALERTS, put("LogGroup", "RetentionInDays", to=3653), id="a longer retention"),
        pytest.param(ALERTS, drop("LogGroup", "RetentionInDays"), id="an unlimited retention"),
        pytest.param(ALERTS, drop("LogGroup", "KmsKeyId"), id="encryption by CloudWatch Logs"),
        pytest.param(ALERTS, drop("HighTopic", "KmsMasterKeyId"), id="a topic without encryption"),
        pytest.param(
            ALERTS, put("HighTopic", "KmsMasterKeyId", to=KEY_ID), id="the same key by its ID"
        ),
        pytest.param(
            ALERTS,
            put("LogBucket", "LifecycleConfiguration", "Rules", 0, "ExpirationInDays", to=9999),
            id="log files are kept for a longer time",
        ),
        pytest.param(
            ALERTS, put("LogBucket", "Tags", to=[{"Key": "a", "Value": "b"}]), id="tags of a bucket"
        ),
        pytest.param(
            ALERTS, add("HighTopicPolicy", *STATEMENTS, entry=ALLOW), id="one more Allow statement"
        ),
        pytest.param(
            ALERTS, add("HighTopicPolicy", *STATEMENTS, entry=DENY_HTTP), id="TLS is required"
        ),
        pytest.param(
            ALERTS,
            add("HighTopicPolicy", *STATEMENTS, entry=DENY_PEOPLE),
            id="Deny for everyone except services",
        ),
        pytest.param(
            ALERTS,
            put("HighTopicPolicy", *STATEMENTS, 0, "Action", to=["sns:*"]),
            id="a service is allowed more",
        ),
        pytest.param(ALERTS, drop("TrailRole", "Description"), id="the description of a role"),
        pytest.param(
            "stackset-roles",
            put_attribute("AdministrationRole", "Metadata", to={"a": "b"}),
            id="metadata",
        ),
        pytest.param(ALERTS, put("Trail", "IsOrganizationTrail", to=True), id="a wider trail"),
        pytest.param(
            ALERTS,
            put("Trail", "AdvancedEventSelectors", "Fn::If", 2, to=[MANAGEMENT]),
            id="the same selector",
        ),
        pytest.param(ALERTS, drop("Trail", "EventSelectors"), id="the default selector"),
        pytest.param(REALTIME, put(RULE, "Description", to="x"), id="the description of a rule"),
        pytest.param(
            REALTIME,
            put("RootAccountUseRule", "State", to=READS),
            id="a rule with reads, too",
        ),
        pytest.param(
            REALTIME,
            put(
                "KmsKeyDestroyedRule", "EventPattern", "detail", "eventName", to=[{"exists": True}]
            ),
            id="a wider event pattern",
        ),
        pytest.param(
            REALTIME,
            put(RULE, "EventPattern", "source", to=["aws.iam"]),
            id="a rule without drills",
        ),
        pytest.param(REALTIME, rename_rule, id="another logical ID of a rule"),
        pytest.param(REALTIME, drop(RULE, "EventBusName"), id="the default event bus"),
        pytest.param(REALTIME, put(*TEXT, "Id", to="other"), id="the ID of a target"),
        pytest.param(
            REALTIME, add(RULE, "Targets", entry={"Id": "x", "Arn": "arn:x"}), id="one more target"
        ),
        pytest.param(
            REALTIME,
            rewrite(*TEMPLATE, 0, old="An IAM change was made", new="IAM changed"),
            id="other words of a message",
        ),
        pytest.param(REALTIME, drop(*TEXT, "InputTransformer"), id="the whole event as message"),
        pytest.param(REALTIME, drop(*TEXT, "RetryPolicy"), id="more retries"),
        pytest.param("dashboard", put("Dashboard", "DashboardBody", to="{}"), id="a dashboard"),
        pytest.param("dashboard", remove("Dashboard"), id="a dashboard is removed"),
    ],
)
def test_a_harmless_change_is_no_gap(stack: str, change: Change) -> None:
    plan = plan_of_change(stack, change)
    assert (gaps(plan), plan.notices) == ({}, ())

"""Each single breakage of a deployed stack is reported, and a healthy stack has none."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.deploy.verify.conftest import Watched
from tests.deploy.verify.described_account import GONE, DescribedAccount
from tests.deploy.verify.watched_stack import (
    ALARM_CONDITION,
    BOUNDARY,
    DEAD_LETTERS,
    EVENT_PATTERN,
    FUNCTION,
    INVOKE,
    KEY,
    KEY_ID,
    KEY_STATEMENTS,
    LOW_TOPIC,
    MAIL_ARN,
    NOW,
    OLD,
    PAGER_ARN,
    PUBLISH,
    QUEUE_ARN,
    QUEUE_URL,
    READS,
    SEND,
    TOPIC,
    WRITE_EVENTS,
    WRITE_LOG_FILES,
    encoded,
    policy,
)

Breakage = Callable[[DescribedAccount], None]
Problems = list[tuple[str, str]]

BY_DESIGN = [
    (
        "remark",
        "",
        (
            'Parameter Email is "a@example.com", which is not in the settings: unless it is given '
            'again, the next deployment sets it to the default "".'
        ),
    ),
    (
        "remark",
        "",
        (
            'Parameter Threshold is "5", which is not in the settings: unless it is given again, '
            'the next deployment sets it to the default "1".'
        ),
    ),
    (
        "remark",
        "LowTopic",
        (
            "The topic has no subscriptions: its alarms notify no one. No parameter names an "
            "endpoint for it."
        ),
    ),
]
DELETED = "The resource was deleted outside CloudFormation."
TO_CONFIRM = (
    "The subscription of a@example.com is pending confirmation: open the link in the message that "
    "SNS sent. Until then, it receives no notifications."
)


def change(operation: str, identifier: str, path: str, value: Any) -> Breakage:
    return lambda account: account.change(operation, identifier, path, value)


def gone(operation: str, identifier: str) -> Breakage:
    return lambda account: account.remove(operation, identifier)


def trail(member: str, value: Any) -> Breakage:
    return change("GetTrail", "watch-trail", f"Trail.{member}", value)


def status(member: str, value: Any) -> Breakage:
    return change("GetTrailStatus", "watch-trail", member, value)


def selectors(**answer: Any) -> Breakage:
    def apply(account: DescribedAccount) -> None:
        account.answers["GetEventSelectors", "watch-trail"] = answer

    return apply


def metric_filter(path: str, value: Any) -> Breakage:
    return change("DescribeMetricFilters", "watch-group", f"metricFilters.0.{path}", value)


def alarm(path: str, value: Any, name: str = "iam") -> Breakage:
    return change("DescribeAlarms", f"watch-{name}", f"MetricAlarms.0.{path}", value)


def topic(member: str, value: Any) -> Breakage:
    return change("GetTopicAttributes", TOPIC, f"Attributes.{member}", value)


def subscription(member: str, value: Any) -> Breakage:
    return change("ListSubscriptionsByTopic", TOPIC, f"Subscriptions.0.{member}", value)


def queue(member: str, value: Any) -> Breakage:
    return change("GetQueueAttributes", QUEUE_URL, f"Attributes.{member}", value)


def rule(member: str, value: Any) -> Breakage:
    return change("DescribeRule", "watch-who", member, value)


def target(path: str, value: Any) -> Breakage:
    return change("ListTargetsByRule", "watch-who", f"Targets.0.{path}", value)


def bus(member: str, value: Any) -> Breakage:
    return change("DescribeEventBus", "watch-bus", member, value)


def archive(member: str, value: Any) -> Breakage:
    return change("DescribeArchive", "watch-archive", member, value)


def key_policy(*statements: Any) -> Breakage:
    return change("GetKeyPolicy", KEY_ID, "Policy", policy(*statements))


def group(member: str, value: Any) -> Breakage:
    return change("DescribeLogGroups", "watch-group", f"logGroups.1.{member}", value)


def inline_policy(*statements: Any) -> Breakage:
    document = encoded({"Statement": statements})
    return change("GetRolePolicy", "watch-role", "PolicyDocument", document)


def bucket_policy(*statements: Any) -> Breakage:
    return change("GetBucketPolicy", "watch-bucket", "Policy", policy(*statements))


def managed_policy(arn: str, *statements: Any) -> Breakage:
    """A managed policy, attached to the role."""

    def apply(account: DescribedAccount) -> None:
        account.answers["GetPolicy", arn] = {"Policy": {"Arn": arn, "DefaultVersionId": "v2"}}
        version = {"VersionId": "v2", "Document": encoded({"Statement": statements})}
        account.answers["GetPolicyVersion", arn] = {"PolicyVersion": version}
        if arn == BOUNDARY:
            boundary = {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": arn,
            }
            account.answers["GetRole", "watch-role"]["Role"]["PermissionsBoundary"] = boundary
        else:
            attached = account.answers["ListAttachedRolePolicies", "watch-role"]
            attached["AttachedPolicies"] = [{"PolicyName": "p", "PolicyArn": arn}]

    return apply


def muted(account: DescribedAccount) -> None:
    rule = {
        "AlarmMuteRuleArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm-mute-rule:night",
        "Status": "ACTIVE",
    }
    account.answers["ListAlarmMuteRules", "SCHEDULED"] = {"AlarmMuteRuleSummaries": [rule]}
    account.answers["ListAlarmMuteRules", "watch-iam"] = {"AlarmMuteRuleSummaries": [rule]}


def moved_filter(account: DescribedAccount) -> None:
    filters = account.answers.pop(("DescribeMetricFilters", "watch-group"))
    filters["metricFilters"][0]["logGroupName"] = "other"
    account.answers["DescribeMetricFilters", "Iam"] = filters


def transformed(account: DescribedAccount) -> None:
    config = [{"parseJSON": {"source": "@message"}}]
    account.answers["GetTransformer", "watch-group"] = {"transformerConfig": config}


def unsubscribed(account: DescribedAccount) -> None:
    del account.answers["ListSubscriptionsByTopic", TOPIC]["Subscriptions"][0]


DENY_ALL = {"Sid": "Stop", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
DENY_OTHERS = DENY_ALL | {"Condition": {"StringNotEquals": {"aws:SourceAccount": "123456789012"}}}
OTHER_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
DENY_WRITING = {"Effect": "Deny", "Action": "logs:*", "Resource": "*"}
NOT_ALLOWED = "The topic policy does not allow cloudwatch.amazonaws.com to call sns:Publish: "
NOT_SENT = "The queue policy does not allow sns.amazonaws.com to call sqs:SendMessage: "
NOT_PUT = "The policy of the event bus does not allow * to call events:PutEvents: "
MEMBERS = {"Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"}
OTHER_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-other12345"}}
ONLY_DELETE = {
    "detail-type": ["AWS API Call via CloudTrail"],
    "detail": {"eventName": ["DeleteUser"]},
}
CANNOT_WRITE = "The role does not allow logs:CreateLogStream, logs:PutLogEvents: "
READ_EVENTS = [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}]
ALL_EVENTS = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
NO_EVENTS = [{"ReadWriteType": "All", "IncludeManagementEvents": False}]
WITHOUT_KMS = [
    {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "ExcludeManagementEventSources": ["kms.amazonaws.com"],
    }
]
ONLY_WRITES = [
    {
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Management"]},
            {"Field": "readOnly", "Equals": ["false"]},
        ]
    }
]
EVERYTHING = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]


def test_a_healthy_stack_has_only_what_is_by_design(watched: Watched) -> None:
    assert watched.verify() == BY_DESIGN


@pytest.mark.parametrize(
    "harmless",
    [
        pytest.param(
            metric_filter(
                "filterPattern",
                '{$.eventSource="iam.amazonaws.com"&&$.eventName="*"}',
            ),
            id="a pattern with other spaces and parentheses",
        ),
        pytest.param(
            topic("Policy", policy({**PUBLISH, "Action": "SNS:Publish", "Sid": "x"})),
            id="a policy in other words",
        ),
        pytest.param(
            selectors(EventSelectors=[*ALL_EVENTS, *WITHOUT_KMS]),
            id="two event selectors of which one records everything",
        ),
        pytest.param(
            selectors(AdvancedEventSelectors=EVERYTHING),
            id="an advanced event selector that records all management events",
        ),
        pytest.param(
            managed_policy("arn:aws:iam::aws:policy/ReadOnlyAccess", WRITE_EVENTS),
            id="an attached policy that only allows",
        ),
        pytest.param(managed_policy(BOUNDARY, WRITE_EVENTS), id="a boundary that allows enough"),
        pytest.param(
            rule("EventPattern", json.dumps(EVENT_PATTERN, indent=2, sort_keys=True)),
            id="an event pattern with other spaces",
        ),
        pytest.param(
            bus("Policy", policy({**MEMBERS, "Sid": "Other"})),
            id="a policy of an event bus that allows more",
        ),
        pytest.param(
            topic("Policy", policy(PUBLISH, {**DENY_ALL, "NotPrincipal": {"AWS": "*"}} | {
                "Condition": {"Bool": {"aws:SecureTransport": "false"}}
            })),
            id="a Deny of requests without TLS",
        ),
    ],
)  # fmt: skip
def test_what_means_the_same_is_not_reported(watched: Watched, harmless: Breakage) -> None:
    harmless(watched.account)
    assert watched.problems() == []


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        # -- trail
        pytest.param(gone("GetTrail", "watch-trail"), [("Trail", DELETED)], id="trail: deleted"),
        pytest.param(
            status("IsLogging", False),
            [("Trail", "The trail is not logging.")],
            id="trail: stopped",
        ),
        pytest.param(
            status("LatestDeliveryError", "AccessDenied"),
            [("Trail", "Delivery of log files to the bucket fails: AccessDenied")],
            id="trail: delivery to the bucket fails",
        ),
        pytest.param(
            status("LatestCloudWatchLogsDeliveryError", "no role"),
            [("Trail", "Delivery to CloudWatch Logs fails: no role")],
            id="trail: delivery to the log group fails",
        ),
        pytest.param(
            status("LatestDigestDeliveryError", "NoSuchBucket"),
            [("Trail", "Delivery of digest files to the bucket fails: NoSuchBucket")],
            id="trail: delivery of digests fails",
        ),
        pytest.param(
            status("LatestDeliveryTime", OLD),
            [("Trail", f"Nothing has been delivered to the bucket since {OLD:%Y-%m-%d %H:%M}.")],
            id="trail: no delivery for a day",
        ),
        pytest.param(
            status("LatestCloudWatchLogsDeliveryTime", GONE),
            [("Trail", "Nothing has been delivered to the log group yet.")],
            id="trail: never delivered to the log group",
        ),
        pytest.param(
            trail("IsMultiRegionTrail", False),
            [("Trail", "IsMultiRegionTrail is false, not true.")],
            id="trail: single Region",
        ),
        pytest.param(
            trail("IncludeGlobalServiceEvents", False),
            [("Trail", "IncludeGlobalServiceEvents is false, not true.")],
            id="trail: no global services",
        ),
        pytest.param(
            trail("LogFileValidationEnabled", False),
            [("Trail", "EnableLogFileValidation is false, not true.")],
            id="trail: no log file validation",
        ),
        pytest.param(
            trail("IsOrganizationTrail", False),
            [("Trail", "IsOrganizationTrail is false, not true.")],
            id="trail: no longer an organization trail",
        ),
        pytest.param(
            trail("S3BucketName", "other"),
            [("Trail", 'S3BucketName is "other", not "watch-bucket".')],
            id="trail: another bucket",
        ),
        pytest.param(
            trail("CloudWatchLogsLogGroupArn", GONE),
            [
                (
                    "Trail",
                    (
                        "CloudWatchLogsLogGroupArn is not set, not "
                        '"arn:aws:logs:us-east-1:111122223333:log-group:watch-group".'
                    ),
                )
            ],
            id="trail: no log group",
        ),
        pytest.param(
            trail("CloudWatchLogsRoleArn", "arn:aws:iam::111122223333:role/other"),
            [
                (
                    "Trail",
                    (
                        'CloudWatchLogsRoleArn is "arn:aws:iam::111122223333:role/other", not '
                        '"arn:aws:iam::111122223333:role/watch-role".'
                    ),
                )
            ],
            id="trail: another role",
        ),
        pytest.param(
            trail("KmsKeyId", GONE),
            [
                (
                    "Trail",
                    f'KMSKeyId is not set, not "arn:aws:kms:us-east-1:111122223333:key/{KEY_ID}".',
                )
            ],
            id="trail: no key",
        ),
        pytest.param(
            selectors(EventSelectors=NO_EVENTS),
            [
                ("Trail", "The trail no longer records management events that read."),
                ("Trail", "The trail no longer records management events that write."),
            ],
            id="trail: management events off",
        ),
        pytest.param(
            selectors(EventSelectors=READ_EVENTS),
            [("Trail", "The trail no longer records management events that write.")],
            id="trail: only events that read",
        ),
        pytest.param(
            selectors(EventSelectors=WITHOUT_KMS),
            [
                ("Trail", "The trail excludes management events that read of kms.amazonaws.com."),
                ("Trail", "The trail excludes management events that write of kms.amazonaws.com."),
            ],
            id="trail: KMS excluded",
        ),
        pytest.param(
            selectors(AdvancedEventSelectors=ONLY_WRITES),
            [
                (
                    "Trail",
                    (
                        "The trail's advanced event selectors record only part of the management "
                        "events: they select by readOnly."
                    ),
                )
            ],
            id="trail: an advanced event selector narrows",
        ),
        # -- metric filter
        pytest.param(
            gone("DescribeMetricFilters", "watch-group"),
            [("Filter", DELETED)],
            id="filter: deleted",
        ),
        pytest.param(
            moved_filter,
            [("Filter", 'It is on the log group "other", not "watch-group".')],
            id="filter: on another log group",
        ),
        pytest.param(
            metric_filter("filterPattern", "{ $.a = 1 }"),
            [("Filter", 'The filter pattern is "{ $.a = 1 }" and differs from the template.')],
            id="filter: another pattern",
        ),
        pytest.param(
            metric_filter("metricTransformations.0.metricName", "Other"),
            [("Filter", 'MetricName is "Other", not "Iam".')],
            id="filter: another metric",
        ),
        pytest.param(
            metric_filter("metricTransformations.0.metricNamespace", "Other"),
            [("Filter", 'MetricNamespace is "Other", not "Trailbell".')],
            id="filter: another namespace",
        ),
        pytest.param(
            metric_filter("metricTransformations.0.metricValue", "0"),
            [("Filter", 'MetricValue is "0", not "1".')],
            id="filter: it counts nothing",
        ),
        pytest.param(
            metric_filter("metricTransformations.0.dimensions", {"Region": "$.awsRegion"}),
            [("Filter", 'Dimensions is {"Region": "$.awsRegion"}, not {}.')],
            id="filter: dimensions",
        ),
        pytest.param(
            metric_filter("fieldSelectionCriteria", '@aws.region = "eu-west-1"'),
            [
                (
                    "Filter",
                    (
                        'FieldSelectionCriteria is "@aws.region = "eu-west-1""; the template does '
                        "not set it."
                    ),
                )
            ],
            id="filter: field selection criteria",
        ),
        pytest.param(
            metric_filter("applyOnTransformedLogs", True),
            [("Filter", "ApplyOnTransformedLogs is true, not false.")],
            id="filter: applied to transformed events",
        ),
        # -- alarm
        pytest.param(
            gone("DescribeAlarms", "watch-iam"), [("Alarm", DELETED)], id="alarm: deleted"
        ),
        pytest.param(
            alarm("ActionsEnabled", False),
            [("Alarm", "Its actions are disabled.")],
            id="alarm: actions disabled",
        ),
        pytest.param(
            alarm("AlarmActions", []),
            [("Alarm", "It has no alarm actions.")],
            id="alarm: no action",
        ),
        pytest.param(
            alarm("AlarmActions", [LOW_TOPIC]),
            [("Alarm", f"AlarmActions does not have {TOPIC}, but {LOW_TOPIC}.")],
            id="alarm: another topic",
        ),
        pytest.param(
            alarm("Namespace", "Other"),
            [("Alarm", 'Namespace is "Other", not "Trailbell".')],
            id="alarm: another namespace",
        ),
        pytest.param(
            alarm("MetricName", "Other"),
            [("Alarm", 'MetricName is "Other", not "Iam".')],
            id="alarm: another metric",
        ),
        pytest.param(
            alarm("Statistic", "Average"),
            [("Alarm", 'Statistic is "Average", not "Sum".')],
            id="alarm: another statistic",
        ),
        pytest.param(
            alarm("Period", 60), [("Alarm", "Period is 60, not 300.")], id="alarm: another period"
        ),
        pytest.param(
            alarm("Threshold", 1000.0),
            [("Alarm", 'Threshold is 1000, not "5".')],
            id="alarm: a higher threshold than the parameter",
        ),
        pytest.param(
            alarm("ComparisonOperator", "LessThanThreshold"),
            [
                (
                    "Alarm",
                    (
                        'ComparisonOperator is "LessThanThreshold", not '
                        '"GreaterThanOrEqualToThreshold".'
                    ),
                )
            ],
            id="alarm: another comparison",
        ),
        pytest.param(
            alarm("EvaluationPeriods", 3),
            [
                ("Alarm", "EvaluationPeriods is 3, not 1."),
                ("Alarm", "DatapointsToAlarm is 3, not 1."),
            ],
            id="alarm: more periods",
        ),
        pytest.param(
            alarm("TreatMissingData", "notBreaching", "heartbeat"),
            [("Heartbeat", 'TreatMissingData is "notBreaching", not "missing".')],
            id="alarm: a heartbeat that ignores missing data",
        ),
        pytest.param(
            alarm("Dimensions", [], "heartbeat"),
            [
                (
                    "Heartbeat",
                    (
                        'Dimensions is not set, not [{"Name": "LogGroupName", "Value": '
                        '"watch-group"}].'
                    ),
                )
            ],
            id="alarm: no dimensions",
        ),
        pytest.param(
            alarm("Metrics", [{"Id": "e", "Expression": "0"}]),
            [
                (
                    "Alarm",
                    'Metrics is [{"Id": "e", "Expression": "0"}]; the template does not set it.',
                )
            ],
            id="alarm: a metric expression",
        ),
        pytest.param(
            muted,
            [("Alarm", "It is muted by the alarm mute rule night (ACTIVE).")],
            id="alarm: muted",
        ),
        pytest.param(
            alarm("EvaluationState", "PARTIAL_DATA"),
            [("Alarm", "CloudWatch cannot evaluate it completely: PARTIAL_DATA.")],
            id="alarm: evaluated on partial data",
        ),
        pytest.param(
            alarm("StateValue", "INSUFFICIENT_DATA", "heartbeat"),
            [
                (
                    "Heartbeat",
                    "Its state is INSUFFICIENT_DATA: no events arrive, or they are not counted.",
                )
            ],
            id="alarm: a heartbeat without data",
        ),
        # -- topic and its policy
        pytest.param(
            gone("GetTopicAttributes", TOPIC),
            [
                ("Alarm", f"The topic {TOPIC}, which it notifies, does not exist."),
                ("Heartbeat", f"The topic {TOPIC}, which it notifies, does not exist."),
                ("Topic", DELETED),
                ("TopicPolicy", DELETED),
                ("Rule", f"The topic {TOPIC}, to which it sends, does not exist."),
            ],
            id="topic: deleted",
        ),
        pytest.param(
            topic("KmsMasterKeyId", "alias/aws/sns"),
            [("Topic", "It is encrypted with alias/aws/sns: CloudWatch cannot publish to it.")],
            id="topic: encrypted with the key that AWS manages",
        ),
        pytest.param(
            topic("KmsMasterKeyId", "arn:aws:kms:us-east-1:111122223333:key/other"),
            [
                (
                    "Topic",
                    (
                        'KmsMasterKeyId is "arn:aws:kms:us-east-1:111122223333:key/other", not '
                        f'"arn:aws:kms:us-east-1:111122223333:key/{KEY_ID}".'
                    ),
                )
            ],
            id="topic: another key",
        ),
        pytest.param(
            topic("Policy", policy()),
            [("TopicPolicy", f"{NOT_ALLOWED}no statement allows it.")],
            id="topic policy: no statement for CloudWatch",
        ),
        pytest.param(
            topic("Policy", policy(PUBLISH, DENY_ALL)),
            [("TopicPolicy", f'{NOT_ALLOWED}statement "Stop" denies it.')],
            id="topic policy: a Deny",
        ),
        pytest.param(
            topic("Policy", policy(PUBLISH, DENY_OTHERS)),
            [("TopicPolicy", f'{NOT_ALLOWED}statement "Stop" denies it.')],
            id="topic policy: a Deny with a condition that holds",
        ),
        pytest.param(
            topic("Policy", policy({**PUBLISH, "Condition": OTHER_ACCOUNT})),
            [
                (
                    "TopicPolicy",
                    f'{NOT_ALLOWED}the condition of statement "Alarms" does not hold.',
                )
            ],
            id="topic policy: the condition names another account",
        ),
        pytest.param(
            topic(
                "Policy",
                policy(
                    {
                        **PUBLISH,
                        "Condition": {
                            **ALARM_CONDITION,
                            "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:other-*"},
                        },
                    }
                ),
            ),
            [
                (
                    "TopicPolicy",
                    f'{NOT_ALLOWED}the condition of statement "Alarms" does not hold.',
                )
            ],
            id="topic policy: the condition names other alarms",
        ),
        pytest.param(
            topic("Policy", policy(PUBLISH, {**PUBLISH, "Sid": "All", "Principal": "*"})),
            [
                (
                    "TopicPolicy",
                    (
                        'The topic policy has the statement "All", which allows requests and is '
                        "not "
                        "in the template."
                    ),
                )
            ],
            id="topic policy: a statement that was added",
        ),
        pytest.param(
            change("GetTopicAttributes", LOW_TOPIC, "Attributes.Policy", policy()),
            [("LowTopic", f"{NOT_ALLOWED}no statement allows it.")],
            id="topic without a policy in the template: CloudWatch cannot publish",
        ),
        # -- subscription
        pytest.param(
            unsubscribed,
            [("Mail", "The subscription was deleted: a@example.com is not notified.")],
            id="subscription: deleted",
        ),
        pytest.param(
            subscription("SubscriptionArn", "Deleted"),
            [("Mail", "The subscription was deleted: a@example.com is not notified.")],
            id="subscription: deleted, and still in the list",
        ),
        pytest.param(
            subscription("SubscriptionArn", "PendingConfirmation"),
            [("Mail", TO_CONFIRM)],
            id="subscription: pending in the list",
        ),
        pytest.param(
            change("GetSubscriptionAttributes", MAIL_ARN, "Attributes.PendingConfirmation", "true"),
            [("Mail", TO_CONFIRM)],
            id="subscription: pending in its attributes",
        ),
        pytest.param(
            subscription("Endpoint", "b@example.com"),
            [("Mail", 'Endpoint is "b@example.com", not "a@example.com".')],
            id="subscription: another endpoint",
        ),
        pytest.param(
            change(
                "GetSubscriptionAttributes",
                MAIL_ARN,
                "Attributes.FilterPolicy",
                json.dumps({"x": ["y"]}),
            ),
            [("Mail", 'FilterPolicy is {"x": ["y"]}; the template does not set it.')],
            id="subscription: a filter policy",
        ),
        pytest.param(
            change("GetSubscriptionAttributes", PAGER_ARN, "Attributes.RawMessageDelivery", "true"),
            [
                (
                    "Pager",
                    (
                        "RawMessageDelivery is true: the endpoint may not understand the "
                        "notifications."
                    ),
                )
            ],
            id="subscription: raw messages",
        ),
        # -- queue
        pytest.param(
            gone("GetQueueAttributes", QUEUE_URL),
            [("Queue", DELETED), ("QueuePolicy", DELETED)],
            id="queue: deleted",
        ),
        pytest.param(
            queue("MessageRetentionPeriod", "60"),
            [("Queue", 'MessageRetentionPeriod is "60", not 1209600.')],
            id="queue: messages are kept for a minute",
        ),
        pytest.param(
            queue("KmsMasterKeyId", "alias/aws/sqs"),
            [("Queue", f'KmsMasterKeyId is "alias/aws/sqs", not "{KEY}".')],
            id="queue: encrypted with the AWS managed key",
        ),
        pytest.param(
            queue("RedrivePolicy", GONE),
            [
                (
                    "Queue",
                    (
                        "RedrivePolicy is not set, not "
                        f'{{"deadLetterTargetArn": "{DEAD_LETTERS}", "maxReceiveCount": 5}}.'
                    ),
                )
            ],
            id="queue: no dead-letter queue",
        ),
        # -- queue policy
        pytest.param(
            queue("Policy", GONE),
            [("QueuePolicy", f"{NOT_SENT}no statement allows it.")],
            id="queue policy: deleted",
        ),
        pytest.param(
            queue("Policy", policy(SEND, DENY_ALL)),
            [("QueuePolicy", f'{NOT_SENT}statement "Stop" denies it.')],
            id="queue policy: denied",
        ),
        # -- permission of the function
        pytest.param(
            gone("GetPolicy", FUNCTION), [("Permission", DELETED)], id="permission: deleted"
        ),
        pytest.param(
            change(
                "GetPolicy",
                FUNCTION,
                "Policy",
                policy({**INVOKE, "Condition": {"ArnLike": {"AWS:SourceArn": LOW_TOPIC}}}),
            ),
            [
                (
                    "Permission",
                    (
                        "The policy of the function does not allow sns.amazonaws.com to call "
                        'lambda:InvokeFunction: the condition of statement "watch-Permission-ABC" '
                        "does not hold."
                    ),
                )
            ],
            id="permission: for another topic",
        ),
        # -- key
        pytest.param(
            change("DescribeKey", KEY_ID, "KeyMetadata.KeyState", "Disabled"),
            [("Key", "The key state is Disabled.")],
            id="key: disabled",
        ),
        pytest.param(
            change("DescribeKey", KEY_ID, "KeyMetadata.KeyState", "PendingDeletion"),
            [("Key", "The key state is PendingDeletion.")],
            id="key: pending deletion",
        ),
        pytest.param(
            key_policy(*KEY_STATEMENTS[:2]),
            [
                (
                    "Key",
                    (
                        "The key policy does not allow cloudwatch.amazonaws.com to call "
                        "kms:GenerateDataKey: no statement allows it."
                    ),
                )
            ],
            id="key: the statement of CloudWatch is missing",
        ),
        pytest.param(
            key_policy(
                *KEY_STATEMENTS,
                {**DENY_ALL, "Principal": {"Service": "*"}}
                | {"Principal": {"Service": "cloudtrail.amazonaws.com"}},
            ),
            [
                (
                    "Key",
                    (
                        "The key policy does not allow cloudtrail.amazonaws.com to call "
                        'kms:GenerateDataKey: statement "Stop" denies it.'
                    ),
                )
            ],
            id="key: a Deny",
        ),
        pytest.param(
            change("GetKeyRotationStatus", KEY_ID, "KeyRotationEnabled", False),
            [("Key", "The key is no longer rotated.")],
            id="key: not rotated",
        ),
        # -- log group
        pytest.param(
            gone("DescribeLogGroups", "watch-group"), [("Group", DELETED)], id="log group: deleted"
        ),
        pytest.param(
            group("retentionInDays", 1),
            [("Group", "RetentionInDays is 1, not 365.")],
            id="log group: shorter retention",
        ),
        pytest.param(
            group("deletionProtectionEnabled", False),
            [("Group", "DeletionProtectionEnabled is false, not true.")],
            id="log group: no longer protected against deletion",
        ),
        pytest.param(
            group("logGroupClass", "INFREQUENT_ACCESS"),
            [("Group", 'LogGroupClass is "INFREQUENT_ACCESS", not "STANDARD".')],
            id="log group: a class without metric filters",
        ),
        pytest.param(
            group("kmsKeyId", GONE),
            [
                (
                    "Group",
                    f'KmsKeyId is not set, not "arn:aws:kms:us-east-1:111122223333:key/{KEY_ID}".',
                )
            ],
            id="log group: no key",
        ),
        pytest.param(
            transformed,
            [("Group", "A transformer that is not in the template rewrites its events.")],
            id="log group: a transformer",
        ),
        # -- role
        pytest.param(gone("GetRole", "watch-role"), [("Role", DELETED)], id="role: deleted"),
        pytest.param(
            change(
                "GetRole",
                "watch-role",
                "Role.AssumeRolePolicyDocument",
                encoded({"Statement": []}),
            ),
            [
                (
                    "Role",
                    (
                        "The trust policy does not allow cloudtrail.amazonaws.com to call "
                        "sts:AssumeRole: no statement allows it."
                    ),
                )
            ],
            id="role: another trust policy",
        ),
        pytest.param(
            inline_policy({**WRITE_EVENTS, "Action": "logs:CreateLogStream"}),
            [("Role", "The role does not allow logs:PutLogEvents: no statement allows it.")],
            id="role: it may not put events",
        ),
        pytest.param(
            inline_policy(WRITE_EVENTS, DENY_WRITING),
            [("Role", f"{CANNOT_WRITE}a statement denies it.")],
            id="role: a Deny",
        ),
        pytest.param(
            change("ListRolePolicies", "watch-role", "PolicyNames", []),
            [("Role", f"{CANNOT_WRITE}no statement allows it.")],
            id="role: no inline policy",
        ),
        pytest.param(
            managed_policy("arn:aws:iam::111122223333:policy/stop", DENY_WRITING),
            [("Role", f"{CANNOT_WRITE}a statement denies it.")],
            id="role: an attached policy denies",
        ),
        pytest.param(
            managed_policy(BOUNDARY, {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
            [
                (
                    "Role",
                    (
                        f"The permissions boundary {BOUNDARY} does not allow logs:CreateLogStream, "
                        "logs:PutLogEvents: no statement allows it."
                    ),
                )
            ],
            id="role: a boundary that does not allow enough",
        ),
        # -- bucket and its policy
        pytest.param(
            gone("GetBucketVersioning", "watch-bucket"), [("Bucket", DELETED)], id="bucket: deleted"
        ),
        pytest.param(
            gone("GetBucketPolicy", "watch-bucket"),
            [("BucketPolicy", DELETED)],
            id="bucket policy: deleted",
        ),
        pytest.param(
            bucket_policy(),
            [
                (
                    "BucketPolicy",
                    (
                        "The bucket policy does not allow cloudtrail.amazonaws.com to call "
                        "s3:PutObject: no statement allows it."
                    ),
                ),
                (
                    "BucketPolicy",
                    (
                        'The bucket policy no longer has the statement "DenyRequestsWithoutTls", '
                        "which "
                        "denies requests."
                    ),
                ),
            ],
            id="bucket policy: empty",
        ),
        pytest.param(
            bucket_policy(WRITE_LOG_FILES),
            [
                (
                    "BucketPolicy",
                    (
                        'The bucket policy no longer has the statement "DenyRequestsWithoutTls", '
                        "which "
                        "denies requests."
                    ),
                )
            ],
            id="bucket policy: requests without TLS",
        ),
        pytest.param(
            gone("GetPublicAccessBlock", "watch-bucket"),
            [
                ("Bucket", "BlockPublicAcls is false, not true."),
                ("Bucket", "BlockPublicPolicy is false, not true."),
                ("Bucket", "IgnorePublicAcls is false, not true."),
                ("Bucket", "RestrictPublicBuckets is false, not true."),
            ],
            id="bucket: no public access block",
        ),
        pytest.param(
            change("GetBucketLifecycleConfiguration", "watch-bucket", "Rules.0.Expiration.Days", 1),
            [("Bucket", "Log files expire after 1 day; in the template, it is 365 days.")],
            id="bucket: log files expire earlier",
        ),
        pytest.param(
            change("GetBucketVersioning", "watch-bucket", "Status", "Suspended"),
            [("Bucket", 'VersioningConfiguration is "Suspended", not "Enabled".')],
            id="bucket: versioning suspended",
        ),
        pytest.param(
            change(
                "GetBucketEncryption",
                "watch-bucket",
                "ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault",
                {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "other"},
            ),
            [
                ("Bucket", 'SSEAlgorithm is "aws:kms", not "AES256".'),
                ("Bucket", 'KMSMasterKeyID is "other"; the template does not set it.'),
            ],
            id="bucket: another encryption key",
        ),
        pytest.param(
            gone("GetObjectLockConfiguration", "watch-bucket"),
            [
                ("Bucket", 'Object Lock Mode is not set, not "GOVERNANCE".'),
                ("Bucket", 'Object Lock Days is not set, not "365".'),
            ],
            id="bucket: no Object Lock",
        ),
        pytest.param(
            change(
                "GetObjectLockConfiguration",
                "watch-bucket",
                "ObjectLockConfiguration.Rule.DefaultRetention.Days",
                1,
            ),
            [("Bucket", 'Object Lock Days is 1, not "365".')],
            id="bucket: Object Lock for fewer days",
        ),
        pytest.param(
            gone("GetBucketOwnershipControls", "watch-bucket"),
            [("Bucket", 'OwnershipControls is [], not ["BucketOwnerEnforced"].')],
            id="bucket: access control lists apply again",
        ),
        # -- dashboard and saved query
        pytest.param(
            change("GetDashboard", "watch-dashboard", "DashboardBody", '{"widgets":[{"x":1}]}'),
            [("Dashboard", "The dashboard was edited and differs from the template.")],
            id="dashboard: edited",
        ),
        pytest.param(
            gone("GetDashboard", "watch-dashboard"),
            [("Dashboard", DELETED)],
            id="dashboard: deleted",
        ),
        pytest.param(
            change(
                "DescribeQueryDefinitions", "watch/", "queryDefinitions.0.queryString", "limit 1"
            ),
            [("Query", 'QueryString is "limit 1", not "fields @message".')],
            id="saved query: edited",
        ),
        pytest.param(
            gone("DescribeQueryDefinitions", "watch/"),
            [("Query", DELETED)],
            id="saved query: deleted",
        ),
        # -- rules of EventBridge, their bus and archive
        pytest.param(gone("DescribeRule", "watch-who"), [("Rule", DELETED)], id="rule: deleted"),
        pytest.param(
            rule("State", "DISABLED"), [("Rule", "The rule is disabled.")], id="rule: disabled"
        ),
        pytest.param(
            rule("State", "ENABLED"),
            [("Rule", f'State is "ENABLED", not "{READS}".')],
            id="rule: without reads",
        ),
        pytest.param(
            rule("EventPattern", json.dumps(ONLY_DELETE)),
            [("Rule", "No longer matches eventName CreateUser.")],
            id="rule: a narrower event pattern",
        ),
        pytest.param(
            rule("EventPattern", '{"detail-type": [{"exists": true}]}'),
            [("Rule", "EventPattern is not that of the template.")],
            id="rule: a wider event pattern",
        ),
        pytest.param(
            rule("EventPattern", GONE),
            [("Rule", "EventPattern is not that of the template.")],
            id="rule: a schedule instead of a pattern",
        ),
        pytest.param(
            change("ListTargetsByRule", "watch-who", "Targets", GONE),
            [
                ("Rule", f'It no longer has the target "text", {TOPIC}.'),
                ("Rule", f'It no longer has the target "json", {QUEUE_ARN}.'),
            ],
            id="rule: without targets",
        ),
        pytest.param(
            target("Id", "x"),
            [
                ("Rule", f'It no longer has the target "text", {TOPIC}.'),
                ("Rule", f'It has the target "x", {TOPIC}, not in the template.'),
            ],
            id="rule: another target",
        ),
        pytest.param(
            target("Arn", "arn:aws:sns:us-east-1:111122223333:gone"),
            [
                (
                    "Rule",
                    (
                        'Arn of target "text" is "arn:aws:sns:us-east-1:111122223333:gone", not '
                        f'"{TOPIC}".'
                    ),
                ),
                (
                    "Rule",
                    (
                        "The topic arn:aws:sns:us-east-1:111122223333:gone, to which it sends, "
                        "does not exist."
                    ),
                ),
            ],
            id="rule: a target that does not exist",
        ),
        pytest.param(
            target("InputTransformer.InputTemplate", '"It happened."'),
            [("Rule", 'The message to target "text" is not that of the template.')],
            id="rule: another message",
        ),
        pytest.param(
            target("InputTransformer", GONE),
            [("Rule", 'The message to target "text" is not that of the template.')],
            id="rule: the whole event as message",
        ),
        pytest.param(
            target("DeadLetterConfig", GONE),
            [
                (
                    "Rule",
                    (
                        'DeadLetterConfig of target "text" is not set, not '
                        f'{{"Arn": "{DEAD_LETTERS}"}}.'
                    ),
                )
            ],
            id="rule: a target without its dead-letter queue",
        ),
        pytest.param(
            target("RetryPolicy.MaximumEventAgeInSeconds", 60),
            [
                (
                    "Rule",
                    (
                        'RetryPolicy of target "text" is {"MaximumEventAgeInSeconds": 60}, not '
                        '{"MaximumEventAgeInSeconds": "3600"}.'
                    ),
                )
            ],
            id="rule: fewer retries",
        ),
        pytest.param(
            target("RoleArn", "arn:aws:iam::111122223333:role/x"),
            [
                (
                    "Rule",
                    (
                        'RoleArn of target "text" is "arn:aws:iam::111122223333:role/x"; the '
                        "template does not set it."
                    ),
                )
            ],
            id="rule: a role that sends events",
        ),
        pytest.param(
            gone("DescribeEventBus", "watch-bus"),
            [("Bus", DELETED), ("BusPolicy", DELETED)],
            id="event bus: deleted",
        ),
        pytest.param(
            bus("KmsKeyIdentifier", GONE),
            [("Bus", f'KmsKeyIdentifier is not set, not "{KEY}".')],
            id="event bus: without its key",
        ),
        pytest.param(
            bus("DeadLetterConfig", GONE),
            [("Bus", f'DeadLetterConfig is not set, not {{"Arn": "{DEAD_LETTERS}"}}.')],
            id="event bus: without its dead-letter queue",
        ),
        pytest.param(
            bus("Policy", policy({**MEMBERS, "Condition": OTHER_ORGANIZATION})),
            [
                (
                    "BusPolicy",
                    (f"{NOT_PUT}the condition of a statement does not hold."),
                )
            ],
            id="event bus: another organization",
        ),
        pytest.param(
            bus("Policy", GONE),
            [("BusPolicy", f"{NOT_PUT}no statement allows it.")],
            id="event bus: without a policy",
        ),
        pytest.param(
            gone("DescribeArchive", "watch-archive"), [("Archive", DELETED)], id="archive: deleted"
        ),
        pytest.param(
            archive("State", "DISABLED"),
            [("Archive", "The archive state is DISABLED.")],
            id="archive: disabled",
        ),
        pytest.param(
            archive("RetentionDays", 7),
            [("Archive", "RetentionDays is 7, not 30.")],
            id="archive: a shorter time",
        ),
        pytest.param(
            archive("EventPattern", '{"source": ["x"]}'),
            [("Archive", "EventPattern is not that of the template.")],
            id="archive: other events",
        ),
    ],
)
def test_one_breakage_is_reported(watched: Watched, breakage: Breakage, expected: Problems) -> None:
    breakage(watched.account)
    assert watched.problems() == expected


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        pytest.param(
            lambda account: (
                status("LatestDeliveryTime", GONE)(account),
                status("StartLoggingTime", NOW)(account),
            ),
            (
                "Trail",
                (
                    "Nothing has been delivered to the bucket yet. Logging has just started: "
                    "verify it "
                    "again in an hour."
                ),
            ),
            id="a trail that was just started",
        ),
        pytest.param(
            lambda account: (
                alarm("StateValue", "INSUFFICIENT_DATA", "heartbeat")(account),
                alarm("StateUpdatedTimestamp", NOW, "heartbeat")(account),
            ),
            (
                "Heartbeat",
                (
                    "Its state is INSUFFICIENT_DATA: no events arrive, or they are not counted. "
                    "Verify "
                    "it again after 3600 seconds."
                ),
            ),
            id="a heartbeat that was just created",
        ),
        pytest.param(
            gone("GetBucketLifecycleConfiguration", "watch-bucket"),
            ("Bucket", "Log files never expire, not after 365 days."),
            id="log files that are kept longer",
        ),
    ],
)
def test_what_is_not_known_yet_is_a_remark(
    watched: Watched, breakage: Breakage, expected: tuple[str, str]
) -> None:
    breakage(watched.account)
    assert [entry for entry in watched.verify() if entry not in BY_DESIGN] == [
        ("remark", *expected)
    ]

"""Changes of one property that silence alarms: each one is a detection gap.

The texts of the gaps are in silencing_changes.json, by the id of the test.
"""

import json
from pathlib import Path

import pytest

from tests.diff.mutations import (
    Change,
    add,
    add_resource,
    drop,
    gaps,
    plan_of_change,
    put,
    put_attribute,
    put_section,
    remove,
    rewrite,
)

EXPECTED = json.loads(Path(__file__).with_name("silencing_changes.json").read_text())
ALERTS, REALTIME = "security-alerts", "realtime"
KMS, ALARM, HEART = "KmsKeyDestroyedFilter", "KmsKeyDestroyedAlarm", "HeartbeatAlarm"
METRIC = (KMS, "MetricTransformations", 0)
STATEMENTS = ("PolicyDocument", "Statement")
WRITE = ("TrailRole", "Policies", 0, "PolicyDocument", "Statement", 0)
ADVANCED = ("Trail", "AdvancedEventSelectors", "Fn::If", 2)
RETENTION = ("ObjectLockConfiguration", "Fn::If", 1, "Rule", "DefaultRetention")
SELECTOR = ("Trail", "EventSelectors", "Fn::If", 2, 0)
RULE = "IamChangesRule"
TEXT = (RULE, "Targets", 0)
FROM_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
DENY = {"Sid": "Block", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
OTHER_KEY = "arn:aws:kms:eu-west-1:111122223333:key/other"
MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
NOT_KMS = {
    "FieldSelectors": [MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}]
}
ONLY_PUT = {"FieldSelectors": [MANAGEMENT, {"Field": "eventName", "StartsWith": ["Put"]}]}


@pytest.mark.parametrize(
    ("stack", "change"),
    [
        # Metric filters
        pytest.param(
            ALERTS,
            rewrite(
                KMS, "FilterPattern", old=" || ($.eventName = DeleteImportedKeyMaterial)", new=""
            ),
            id="a pattern without one event name",
        ),
        pytest.param(
            ALERTS,
            rewrite(KMS, "FilterPattern", old="{ ", new="{ ($.errorCode NOT EXISTS) && "),
            id="a pattern for successful calls only",
        ),
        pytest.param(
            ALERTS,
            rewrite(KMS, "FilterPattern", old=" }", new=' && ($.userIdentity.arn != "arn:x") }'),
            id="a pattern that excludes one role",
        ),
        pytest.param(ALERTS, put(KMS, "FilterPattern", to="ERROR"), id="a pattern of another kind"),
        pytest.param(
            ALERTS, put(*METRIC, "MetricName", to="Other"), id="a filter publishes another metric"
        ),
        pytest.param(
            ALERTS,
            put(*METRIC, "MetricNamespace", to="Other"),
            id="a filter publishes in another namespace",
        ),
        pytest.param(ALERTS, put(*METRIC, "MetricValue", to="0"), id="each event adds 0"),
        pytest.param(
            ALERTS,
            put(*METRIC, "DefaultValue", to=1),
            id="a default value that keeps the alarm in ALARM",
        ),
        pytest.param(
            ALERTS, put(*METRIC, "DefaultValue", to=-1), id="a default value that offsets events"
        ),
        pytest.param(
            ALERTS,
            put(*METRIC, "Dimensions", to=[{"Key": "a", "Value": "$.a"}]),
            id="the metric gets dimensions",
        ),
        pytest.param(
            ALERTS, put(KMS, "LogGroupName", to="other"), id="a filter reads another log group"
        ),
        pytest.param(
            ALERTS,
            put(KMS, "FieldSelectionCriteria", to='@aws.region = "us-east-1"'),
            id="a filter counts events of one Region",
        ),
        pytest.param(
            ALERTS,
            put(KMS, "ApplyOnTransformedLogs", to=True),
            id="a filter reads transformed events",
        ),
        pytest.param(
            ALERTS,
            put(KMS, "EmitSystemFieldDimensions", to=["@aws.account"]),
            id="the metric gets dimensions of system fields",
        ),
        pytest.param(
            ALERTS,
            put_attribute(KMS, "Condition", to="HasEmail"),
            id="a filter gets a condition that is false by default",
        ),
        pytest.param(ALERTS, remove(KMS), id="a filter is removed"),
        # Alarms
        pytest.param(ALERTS, put(ALARM, "Threshold", to=5), id="a higher threshold"),
        pytest.param(
            ALERTS,
            put(ALARM, "ComparisonOperator", to="GreaterThanThreshold"),
            id="a strict comparison",
        ),
        pytest.param(
            ALERTS,
            put(ALARM, "ComparisonOperator", to="LessThanThreshold"),
            id="the opposite comparison",
        ),
        pytest.param(ALERTS, put(ALARM, "Statistic", to="Average"), id="another statistic"),
        pytest.param(ALERTS, put(ALARM, "Period", to=86_400), id="a longer period"),
        pytest.param(ALERTS, put(ALARM, "EvaluationPeriods", to=5), id="more evaluation periods"),
        pytest.param(ALERTS, put(ALARM, "DatapointsToAlarm", to=2), id="more datapoints to alarm"),
        pytest.param(
            ALERTS,
            put(ALARM, "TreatMissingData", to="ignore"),
            id="an alarm that stays in ALARM without data",
        ),
        pytest.param(
            ALERTS,
            put(HEART, "TreatMissingData", to="notBreaching"),
            id="a heartbeat for which missing data is fine",
        ),
        pytest.param(
            ALERTS,
            put(HEART, "InsufficientDataActions", to=[]),
            id="a heartbeat that notifies no one of missing data",
        ),
        pytest.param(
            ALERTS, put(HEART, "EvaluationPeriods", to=24), id="a heartbeat that waits for a day"
        ),
        pytest.param(
            ALERTS, put(HEART, "Period", to=86_400), id="a heartbeat with a longer period"
        ),
        pytest.param(ALERTS, put(HEART, "Threshold", to=0), id="a heartbeat that never fires"),
        pytest.param(
            ALERTS,
            put(HEART, "Dimensions", 0, "Value", to="other"),
            id="a heartbeat of another log group",
        ),
        pytest.param(
            ALERTS, put(ALARM, "MetricName", to="Other"), id="an alarm watches another metric"
        ),
        pytest.param(
            ALERTS, put(ALARM, "Namespace", to="Other"), id="an alarm watches another namespace"
        ),
        pytest.param(
            ALERTS,
            put(ALARM, "Dimensions", to=[{"Name": "a", "Value": "b"}]),
            id="an alarm watches dimensions",
        ),
        pytest.param(ALERTS, put(ALARM, "Unit", to="Bytes"), id="an alarm watches another unit"),
        pytest.param(
            ALERTS, put(ALARM, "ActionsEnabled", to=False), id="alarm actions are disabled"
        ),
        pytest.param(ALERTS, put(ALARM, "AlarmActions", to=[]), id="an alarm loses its action"),
        pytest.param(
            ALERTS,
            put(ALARM, "AlarmActions", to=[{"Ref": "LowTopic"}]),
            id="an alarm notifies the topic of a lower severity",
        ),
        pytest.param(
            "tamper",
            put(
                "AlarmTamperingAlarm", "AlarmActions", to=["arn:aws:sns:eu-west-1:111122223333:low"]
            ),
            id="an alarm notifies a topic of another stack",
        ),
        pytest.param(
            ALERTS,
            put_attribute(ALARM, "Condition", to="HasEmail"),
            id="an alarm gets a condition that is false by default",
        ),
        pytest.param(
            ALERTS,
            add_resource(
                "Mute", {"Type": "AWS::CloudWatch::AlarmMuteRule", "Properties": {"Name": "m"}}
            ),
            id="a mute rule is added",
        ),
        # Topics and subscriptions
        pytest.param(
            ALERTS,
            put("HighTopic", "KmsMasterKeyId", to="alias/aws/sns"),
            id="a topic under a key that CloudWatch cannot use",
        ),
        pytest.param(
            ALERTS,
            put("HighTopic", "KmsMasterKeyId", to=OTHER_KEY),
            id="a topic under a key of which the policy is unknown",
        ),
        pytest.param(
            ALERTS,
            put("HighTopic", "DataProtectionPolicy", to={"Name": "p"}),
            id="a topic that can reject notifications",
        ),
        pytest.param(
            ALERTS,
            put("HighTopicPolicy", *STATEMENTS, to=[]),
            id="a topic policy without CloudWatch",
        ),
        pytest.param(
            ALERTS, add("HighTopicPolicy", *STATEMENTS, entry=DENY), id="a topic policy with Deny"
        ),
        pytest.param(
            ALERTS,
            put(
                "HighTopicPolicy",
                *STATEMENTS,
                0,
                "Condition",
                "StringEquals",
                "aws:SourceAccount",
                to="123456789012",
            ),
            id="a topic policy for another account",
        ),
        pytest.param(
            ALERTS,
            put("HighTopicPolicy", "Topics", to=[{"Ref": "LowTopic"}]),
            id="a topic policy for another topic",
        ),
        pytest.param(
            ALERTS,
            put("HighEmailSubscription", "Endpoint", to="someone@example.com"),
            id="another endpoint",
        ),
        pytest.param(
            ALERTS,
            put("HighEmailSubscription", "TopicArn", to={"Ref": "LowTopic"}),
            id="a subscription of another topic",
        ),
        pytest.param(ALERTS, put("HighSubscription", "Protocol", to="sms"), id="another protocol"),
        pytest.param(
            ALERTS,
            put("HighSubscription", "FilterPolicy", to={"severity": ["none"]}),
            id="a subscription with a filter policy",
        ),
        pytest.param(
            ALERTS,
            put("HighLambdaPermission", "SourceArn", to={"Ref": "LowTopic"}),
            id="a permission for another topic",
        ),
        pytest.param(ALERTS, remove("HighLambdaPermission"), id="a permission is removed"),
        # Keys
        pytest.param(
            ALERTS, drop("Key", "KeyPolicy", "Statement", 1), id="a key policy without CloudTrail"
        ),
        pytest.param(
            ALERTS,
            drop("Key", "KeyPolicy", "Statement", 3),
            id="a key policy without CloudWatch Logs",
        ),
        pytest.param(
            ALERTS, drop("Key", "KeyPolicy", "Statement", 4), id="a key policy without CloudWatch"
        ),
        pytest.param(
            ALERTS, add("Key", "KeyPolicy", "Statement", entry=DENY), id="a key policy with Deny"
        ),
        pytest.param(ALERTS, put("Key", "Enabled", to=False), id="a key is disabled"),
        pytest.param(
            ALERTS,
            put("Key", "PendingWindowInDays", to=7),
            id="a key that can be recovered for fewer days",
        ),
        pytest.param(
            ALERTS, put("Key", "KeySpec", to="RSA_2048"), id="a key that services cannot use"
        ),
        # Log group, role and bucket
        pytest.param(
            ALERTS,
            put("LogGroup", "DeletionProtectionEnabled", to=False),
            id="a log group without deletion protection",
        ),
        pytest.param(
            ALERTS,
            drop("LogBucket", "ObjectLockConfiguration"),
            id="a bucket without Object Lock",
        ),
        pytest.param(
            ALERTS,
            put("LogBucket", *RETENTION, "Mode", to="GOVERNANCE"),
            id="a bucket with a weaker Object Lock",
        ),
        pytest.param(
            ALERTS,
            put("LogGroup", "LogGroupClass", to="INFREQUENT_ACCESS"),
            id="a log class without metric filters",
        ),
        pytest.param(
            ALERTS,
            put("LogGroup", "RetentionInDays", to=1),
            id="events are kept for a shorter time",
        ),
        pytest.param(
            ALERTS, put("LogGroup", "KmsKeyId", to=OTHER_KEY), id="a log group under another key"
        ),
        pytest.param(
            ALERTS,
            put("LogGroup", "DataProtectionPolicy", to={"Name": "p"}),
            id="a log group that masks data",
        ),
        pytest.param(
            ALERTS,
            put(
                "TrailRole",
                "AssumeRolePolicyDocument",
                "Statement",
                0,
                "Principal",
                "Service",
                to="ec2.amazonaws.com",
            ),
            id="a role for another service",
        ),
        pytest.param(
            ALERTS,
            put(*WRITE, "Action", to=["logs:CreateLogStream"]),
            id="a role that cannot write log events",
        ),
        pytest.param(
            ALERTS,
            put(*WRITE, "Resource", to=["arn:aws:logs:*:*:log-group:other:*"]),
            id="a role that can write to another log group",
        ),
        pytest.param(
            ALERTS,
            put("TrailRole", "PermissionsBoundary", to="arn:aws:iam::111122223333:policy/b"),
            id="a role gets a boundary",
        ),
        pytest.param(
            ALERTS, drop("LogBucketPolicy", *STATEMENTS, 1), id="a bucket policy without CloudTrail"
        ),
        pytest.param(
            ALERTS, add("LogBucketPolicy", *STATEMENTS, entry=DENY), id="a bucket policy with Deny"
        ),
        pytest.param(
            ALERTS,
            put("LogBucket", "LifecycleConfiguration", "Rules", 0, "ExpirationInDays", to=90),
            id="log files are kept for a shorter time",
        ),
        # The trail
        pytest.param(ALERTS, put("Trail", "IsLogging", to=False), id="a trail stops"),
        pytest.param(
            ALERTS, put("Trail", "IsMultiRegionTrail", to=False), id="a trail records one Region"
        ),
        pytest.param(
            ALERTS,
            put("Trail", "IncludeGlobalServiceEvents", to=False),
            id="a trail without global services",
        ),
        pytest.param(
            ALERTS,
            put("Trail", "EnableLogFileValidation", to=False),
            id="a trail without log file validation",
        ),
        pytest.param(
            ALERTS,
            put("Trail", "IsOrganizationTrail", to=False),
            id="a trail that never records the organization",
        ),
        pytest.param(
            ALERTS,
            put("Trail", "S3BucketName", to="other"),
            id="a trail delivers to another bucket",
        ),
        pytest.param(
            ALERTS,
            put("Trail", "S3KeyPrefix", to="other"),
            id="a trail delivers under another prefix",
        ),
        pytest.param(
            ALERTS,
            put("Trail", "CloudWatchLogsLogGroupArn", to="other"),
            id="a trail delivers to another log group",
        ),
        pytest.param(
            ALERTS,
            drop("Trail", "CloudWatchLogsLogGroupArn"),
            id="a trail delivers to no log group",
        ),
        pytest.param(
            ALERTS,
            put("Trail", "CloudWatchLogsRoleArn", to="other"),
            id="a trail writes with another role",
        ),
        pytest.param(
            ALERTS, put("Trail", "KMSKeyId", to=OTHER_KEY), id="a trail under another key"
        ),
        pytest.param(
            ALERTS,
            put(*SELECTOR, "ReadWriteType", to="WriteOnly"),
            id="a trail without read-only events",
        ),
        pytest.param(
            ALERTS,
            put(*SELECTOR, "IncludeManagementEvents", to=False),
            id="a trail without management events",
        ),
        pytest.param(
            ALERTS,
            put(*SELECTOR, "ExcludeManagementEventSources", to=["kms.amazonaws.com"]),
            id="a trail without the events of KMS",
        ),
        pytest.param(
            ALERTS,
            put(*ADVANCED, to=[NOT_KMS]),
            id="an advanced selector without the events of KMS",
        ),
        pytest.param(
            ALERTS,
            put(*ADVANCED, to=[ONLY_PUT]),
            id="an advanced selector for some events",
        ),
        # Queues
        pytest.param("queue", remove("Queue"), id="a queue is removed"),
        pytest.param("queue", drop("Queue", "RedrivePolicy"), id="a queue without dead letters"),
        pytest.param(
            "queue",
            put("Queue", "MessageRetentionPeriod", to=60),
            id="a queue that keeps messages for a minute",
        ),
        pytest.param(
            "queue", put("QueuePolicy", *STATEMENTS, to=[]), id="a queue policy without SNS"
        ),
        pytest.param(
            "queue",
            put("QueuePolicy", "Queues", to=[{"Ref": "DeadLetterQueue"}]),
            id="a queue policy for another queue",
        ),
        pytest.param("queue", remove("QueuePolicy"), id="a queue policy is removed"),
        pytest.param("queue", add("QueuePolicy", *STATEMENTS, entry=DENY), id="SNS is denied"),
        pytest.param(
            "queue",
            put("Key", "KeyPolicy", "Statement", to=[]),
            id="a key policy of a queue without SNS",
        ),
        pytest.param(
            "search", put("QueuePolicy", *STATEMENTS, to=[]), id="a queue policy without a rule"
        ),
        # Rules of EventBridge
        pytest.param(REALTIME, remove(RULE), id="a rule is removed"),
        pytest.param(REALTIME, put(RULE, "State", to="DISABLED"), id="a rule is disabled"),
        pytest.param(
            REALTIME,
            put("KmsDecryptByPeopleRule", "State", to="ENABLED"),
            id="a rule without reads",
        ),
        pytest.param(
            REALTIME,
            put("KmsKeyDestroyedRule", "EventPattern", "detail", "eventName", to=["DisableKey"]),
            id="an event pattern without some names",
        ),
        pytest.param(
            REALTIME,
            put(RULE, "EventPattern", "detail", "errorCode", to=[{"exists": False}]),
            id="an event pattern for successful calls only",
        ),
        pytest.param(
            REALTIME, put(RULE, "EventBusName", to="other"), id="a rule of another event bus"
        ),
        pytest.param(REALTIME, drop(*TEXT), id="a rule without a message for people"),
        pytest.param(REALTIME, put(RULE, "Targets", to=[]), id="a rule without targets"),
        pytest.param(
            REALTIME, put(*TEXT, "Arn", to={"Ref": "LowTopic"}), id="a rule for another topic"
        ),
        pytest.param(
            REALTIME,
            put(*TEXT, "InputTransformer", "InputTemplate", to='"<call> by <who> from <ip>"'),
            id="a message that says less",
        ),
        pytest.param(
            REALTIME,
            put(*TEXT, "InputTransformer", to={"InputTemplate": '"It happened."'}),
            id="a message that says nothing",
        ),
        pytest.param(REALTIME, drop(*TEXT, "DeadLetterConfig"), id="a target without its queue"),
        pytest.param(
            REALTIME,
            put(*TEXT, "RetryPolicy", to={"MaximumEventAgeInSeconds": 60}),
            id="fewer retries",
        ),
        pytest.param(
            REALTIME, put(*TEXT, "RoleArn", to="arn:x"), id="a role that may not be allowed"
        ),
        pytest.param(REALTIME, remove("HighTopic"), id="a topic of rules is removed"),
        pytest.param(REALTIME, remove("HighTopicPolicy"), id="a topic of rules without its policy"),
        pytest.param(
            REALTIME,
            put("HighTopicPolicy", *STATEMENTS, 0, "Condition", to=FROM_ACCOUNT),
            id="a topic of rules with a condition",
        ),
        pytest.param(
            REALTIME,
            put("HighTopic", "KmsMasterKeyId", to=OTHER_KEY),
            id="a topic of rules under another key",
        ),
        pytest.param(
            REALTIME,
            put("DeadLetterQueue", "KmsMasterKeyId", to="alias/aws/sqs"),
            id="a dead-letter queue under a key of AWS",
        ),
        pytest.param(
            REALTIME,
            put("DeadLetterQueuePolicy", *STATEMENTS, 0, "Principal", "Service", to="x"),
            id="a dead-letter queue without rules",
        ),
        pytest.param(
            REALTIME,
            put("Key", "KeyPolicy", "Statement", 1, "Principal", "Service", to="x"),
            id="a key without EventBridge",
        ),
        # Definitions
        pytest.param(
            ALERTS,
            put_section("Parameters", "RetentionInDays", "Default", to=30),
            id="a default that keeps events for a shorter time",
        ),
        pytest.param(
            ALERTS,
            put_section(
                "Conditions", "HasEmail", to={"Fn::Equals": [{"Ref": "NotificationEmail"}, "x"]}
            ),
            id="a condition that is true for one value only",
        ),
        pytest.param(
            "tamper",
            put_section("Conditions", "GuardsBucket", to={"Fn::Equals": ["a", "b"]}),
            id="a condition that is never true",
        ),
    ],
)
def test_a_silencing_change_is_a_gap(
    stack: str, change: Change, request: pytest.FixtureRequest
) -> None:
    plan = plan_of_change(stack, change)
    assert (gaps(plan), plan.notices) == (EXPECTED[request.node.callspec.id], ())

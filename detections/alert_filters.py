"""The way of an alarm until it rings: log group, filters, alarms, stack.

Each names what is deployed, so that alarms of others may come and go. Calls that are refused
often say nothing of what they were about, so these ring for what was done, not for each attempt;
unauthorized-api-calls sees the attempts.
"""

from detections._conditions import calls
from trailbell.detection import OWN_NAMES, Controls, Detection, Example, Pack, Severity
from trailbell.event import api_call, iam_user, role, sso_person
from trailbell.pattern import all_of, any_of, field

_GROUP = OWN_NAMES["LogGroupName"]
_STACK = (
    "arn:aws:cloudformation:us-east-1:111122223333:stack/security-alerts/"
    "1234abcd-12ab-34cd-56ef-1234567890ab"
)

LOG_GROUP_TAMPERING = Detection(
    id="log-group-tampering",
    title="The log group that alarms read, or its filters, were changed or deleted",
    packs=(Pack.TAMPER,),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").equals("logs.amazonaws.com"),
        any_of(
            all_of(
                field("requestParameters.logGroupName").equals("${LogGroupName}"),
                field("eventName").one_of(
                    "DeleteLogGroup",
                    "DeleteLogStream",
                    "DeleteMetricFilter",
                    "PutMetricFilter",
                    "DeleteRetentionPolicy",
                    "PutRetentionPolicy",
                    "AssociateKmsKey",
                    "DisassociateKmsKey",
                    "PutSubscriptionFilter",
                    "DeleteSubscriptionFilter",
                ),
            ),
            all_of(
                field("eventName").equals("PutLogGroupDeletionProtection"),
                field("requestParameters.logGroupIdentifier").ends_with("${LogGroupName}"),
            ),
        ),
    ),
    why=(
        "Filters count what alarms ring for. A filter that is deleted or replaced silences its "
        "alarm, and without the log group all of them are silent while they show OK."
    ),
    respond=(
        "See which filter or setting it was; compare with the stack of the alarms.",
        "If nobody planned it: deploy that stack again, then disable who did it.",
        "Search the log group, or the log files in the bucket, for what the filter missed.",
    ),
    false_alarms=(
        "Updates of these stacks ring once. Another team's filters on the same log group: exclude "
        "the role that deploys them."
    ),
    controls=Controls(attack=("T1685.002", "T1070")),
    fires=(
        Example(
            "a filter is deleted",
            api_call(
                "logs",
                "DeleteMetricFilter",
                iam_user("mallory"),
                request={"logGroupName": _GROUP, "filterName": "security-alerts-iam-changes"},
            ),
        ),
        Example(
            "log events are kept for a day only",
            api_call(
                "logs",
                "PutRetentionPolicy",
                sso_person("mallory"),
                request={"logGroupName": _GROUP, "retentionInDays": 1},
            ),
        ),
        Example(
            "the log group is no longer protected against deletion",
            api_call(
                "logs",
                "PutLogGroupDeletionProtection",
                iam_user("mallory"),
                request={
                    "logGroupIdentifier": (
                        f"arn:aws:logs:us-east-1:111122223333:log-group:{_GROUP}"
                    ),
                    "deletionProtectionEnabled": False,
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a filter of another log group is deleted",
            api_call(
                "logs",
                "DeleteMetricFilter",
                role("Deployer"),
                request={"logGroupName": "/aws/lambda/shop", "filterName": "errors"},
            ),
        ),
        Example(
            "CloudTrail opens a stream in the log group",
            api_call(
                "logs",
                "CreateLogStream",
                role("security-alerts-TrailRole-EXAMPLE", "CLOUDWATCH_LOGS_DELIVERY_SESSION"),
                request={
                    "logGroupName": _GROUP,
                    "logStreamName": "111122223333_CloudTrail_us-east-1",
                },
            ),
        ),
        Example(
            "the filters are listed",
            api_call(
                "logs",
                "DescribeMetricFilters",
                iam_user("alice"),
                request={"logGroupName": _GROUP},
                read_only=True,
            ),
        ),
    ),
)

ALARM_TAMPERING = Detection(
    id="alarm-tampering",
    title="An alarm of ours was deleted, muted, replaced or set by hand",
    packs=(Pack.TAMPER,),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").equals("monitoring.amazonaws.com"),
        any_of(
            all_of(
                field("eventName").one_of("DeleteAlarms", "DisableAlarmActions"),
                field("requestParameters.alarmNames[*]").starts_with("${AlarmPrefix}-"),
            ),
            all_of(
                field("eventName").one_of("SetAlarmState", "PutMetricAlarm", "PutCompositeAlarm"),
                field("requestParameters.alarmName").starts_with("${AlarmPrefix}-"),
            ),
            all_of(
                field("eventName").equals("PutAlarmMuteRule"),
                field("requestParameters.muteTargets.alarmNames[*]").starts_with("${AlarmPrefix}-"),
            ),
        ),
    ),
    why=(
        "An alarm that is deleted or muted tells nobody. One that is kept in ALARM by hand tells "
        "nobody either, because actions run only when the state changes."
    ),
    respond=(
        "See which alarm it was; compare its actions and threshold with its stack.",
        "If nobody planned it: deploy that stack again, then disable who did it.",
        "Run that alarm's saved query over the time in which it was silent.",
    ),
    false_alarms=(
        "Updates of these stacks ring once, tests with SetAlarmState each time. Alarms of yours "
        "whose names start like the base stack's, with a hyphen, count as ours."
    ),
    controls=Controls(attack=("T1685",)),
    fires=(
        Example(
            "an alarm of ours is deleted among others",
            api_call(
                "monitoring",
                "DeleteAlarms",
                iam_user("mallory"),
                request={"alarmNames": ["shop-errors", "security-alerts-iam-changes"]},
            ),
        ),
        Example(
            "the actions of an alarm are switched off",
            api_call(
                "monitoring",
                "DisableAlarmActions",
                sso_person("mallory"),
                request={"alarmNames": ["security-alerts-root-account-use"]},
            ),
        ),
        Example(
            "an alarm is set to OK by hand",
            api_call(
                "monitoring",
                "SetAlarmState",
                iam_user("mallory"),
                request={
                    "alarmName": "security-alerts-trail-tampering",
                    "stateValue": "OK",
                    "stateReason": "maintenance",
                },
            ),
        ),
        Example(
            "an alarm is muted over the night",
            api_call(
                "monitoring",
                "PutAlarmMuteRule",
                iam_user("mallory"),
                request={
                    "name": "quiet",
                    "muteTargets": {"alarmNames": ["security-alerts-root-account-use"]},
                },
            ),
        ),
    ),
    silent=(
        Example(
            "an alarm of others is deleted whose name has ours in it",
            api_call(
                "monitoring",
                "DeleteAlarms",
                role("Deployer"),
                request={"alarmNames": ["shop-security-alerts-errors"]},
            ),
        ),
        Example(
            "an alarm of others is made",
            api_call(
                "monitoring",
                "PutMetricAlarm",
                role("Deployer"),
                request={"alarmName": "shop-errors", "threshold": 1.0},
            ),
        ),
        Example(
            "the actions of an alarm are switched on",
            api_call(
                "monitoring",
                "EnableAlarmActions",
                sso_person("alice"),
                request={"alarmNames": ["security-alerts-root-account-use"]},
            ),
        ),
        Example(
            "alarms are listed",
            api_call(
                "monitoring",
                "DescribeAlarms",
                iam_user("alice"),
                request={"alarmNamePrefix": "security-alerts-"},
                read_only=True,
            ),
        ),
    ),
)

ALERT_STACK_CHANGES = Detection(
    id="alert-stack-changes",
    title="The base stack of the alarms was changed, unprotected or deleted",
    packs=(Pack.TAMPER,),
    severity=Severity.MEDIUM,
    pattern=all_of(
        calls(
            "cloudformation",
            "DeleteStack",
            "UpdateStack",
            "ExecuteChangeSet",
            "UpdateTerminationProtection",
            "SetStackPolicy",
        ),
        any_of(
            field("requestParameters.stackName").equals("${AlarmPrefix}"),
            field("requestParameters.stackName").contains(":stack/${AlarmPrefix}/"),
        ),
    ),
    why=(
        "Whoever may change the stack changes topics, log group and filters in one call. Taking "
        "off the termination protection is the step before its deletion."
    ),
    respond=(
        "Ask who deploys this stack whether it was them.",
        "If not: see in the events of the stack what changed, and deploy it from your own source.",
        "Switch termination protection on, and disable who did it.",
    ),
    false_alarms=(
        "Every planned update rings once; that it does shows that the alarms still hear. A "
        "deletion that succeeds takes the alarm along before it can ring."
    ),
    controls=Controls(attack=("T1685",)),
    fires=(
        Example(
            "the stack is no longer protected against deletion",
            api_call(
                "cloudformation",
                "UpdateTerminationProtection",
                iam_user("mallory"),
                request={"stackName": "security-alerts", "enableTerminationProtection": False},
            ),
        ),
        Example(
            "the stack is deleted in the console, which names it by ARN",
            api_call(
                "cloudformation",
                "DeleteStack",
                sso_person("mallory"),
                request={"stackName": _STACK, "clientRequestToken": "Console-DeleteStack-1"},
            ),
        ),
    ),
    silent=(
        Example(
            "a stack with a longer name is deleted",
            api_call(
                "cloudformation",
                "DeleteStack",
                role("Deployer"),
                request={"stackName": "security-alerts-test"},
            ),
        ),
        Example(
            "a change set is made and not executed",
            api_call(
                "cloudformation",
                "CreateChangeSet",
                role("Deployer"),
                request={"stackName": "security-alerts", "changeSetName": "next"},
            ),
        ),
        Example(
            "the stack is looked at",
            api_call(
                "cloudformation",
                "DescribeStacks",
                iam_user("alice"),
                request={"stackName": "security-alerts"},
                read_only=True,
            ),
        ),
    ),
)

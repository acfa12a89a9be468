"""The way of an alarm until it rings: log group, filters, alarms, stack.

Each names what is deployed, so that alarms of others may come and go. Calls that are refused
often say nothing of what they were about, so these ring for what was done, not for each attempt;
unauthorized-api-calls sees the attempts.
"""

from detections._conditions import calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.catalog.placeholders import OWN_NAMES
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import api_call, iam_user, role, sso_person

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
        # A call names the log group, or its ARN, by one of these.
        any_of(
            field("requestParameters.logGroupName").equals("${LogGroupName}"),
            field("requestParameters.logGroupIdentifier").ends_with("${LogGroupName}"),
            field("requestParameters.resourceIdentifier").ends_with(":log-group:${LogGroupName}"),
        ),
        # Log streams, filters, retention, deletion protection, masking, transformers, the key.
        any_of(
            field("eventName").starts_with("Delete"),
            field("eventName").starts_with("Put"),
            field("eventName").one_of("AssociateKmsKey", "DisassociateKmsKey"),
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
        "the role that deploys them. Policies of CloudWatch Logs for the whole account "
        "(PutAccountPolicy) name no log group and do not ring."
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
            "the log group is given another key by its ARN",
            api_call(
                "logs",
                "AssociateKmsKey",
                iam_user("mallory"),
                request={
                    "resourceIdentifier": (
                        f"arn:aws:logs:us-east-1:111122223333:log-group:{_GROUP}"
                    ),
                    "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1234abcd",
                },
            ),
        ),
        Example(
            "addresses in the log events are masked",
            api_call(
                "logs",
                "PutDataProtectionPolicy",
                sso_person("mallory"),
                request={"logGroupIdentifier": _GROUP, "policyDocument": "{}"},
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
            "a key is put on the results of queries, which is another thing",
            api_call(
                "logs",
                "AssociateKmsKey",
                role("Deployer"),
                request={
                    "resourceIdentifier": "arn:aws:logs:us-east-1:111122223333:query-result:*"
                },
            ),
        ),
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
    title="An alarm of these stacks was deleted, muted, replaced or set by hand",
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
        "Whoever may change this stack changes topics, filters and alarms in one call. Taking off "
        "the termination protection is the step before its deletion."
    ),
    respond=(
        "Ask who deploys this stack whether it was them.",
        "If not: see in the events of the stack what changed, and deploy it from your own source.",
        "Switch termination protection on, and disable who did it.",
    ),
    false_alarms=(
        "Every planned update rings once; that it does shows that the alarms still hear. A change "
        "set that is executed by its ARN alone does not ring, for the call then names no stack; "
        "what it changes rings the others of this pack. Nor do the stacks of packs. A deletion "
        "that succeeds takes the alarm along before it can ring."
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
            "a change set of the stack is executed",
            api_call(
                "cloudformation",
                "ExecuteChangeSet",
                sso_person("mallory"),
                request={"stackName": "security-alerts", "changeSetName": "next"},
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
            "a change set is executed by its ARN alone, which does not name the stack",
            api_call(
                "cloudformation",
                "ExecuteChangeSet",
                role("Deployer"),
                request={
                    "changeSetName": (
                        "arn:aws:cloudformation:us-east-1:111122223333:changeSet/next/"
                        "1234abcd-12ab-34cd-56ef-1234567890ab"
                    )
                },
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

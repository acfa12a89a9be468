"""Tampering with what triggers an alarm: log group, metric filters, alarms.

Each pattern names what is deployed, so that other resources can change freely. Denied calls often
do not say which resource they were about, so these detections cover calls that name the resource,
not every attempt; unauthorized-api-calls covers denied calls.
"""

from trailbell import (
    PLACEHOLDERS,
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

_LOG_GROUP = PLACEHOLDERS["LogGroupName"]
LOG_GROUP_TAMPERING = Detection(
    id="log-group-tampering",
    title="The monitored log group or its metric filters were changed or deleted",
    packs=("tamper",),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").equals("logs.amazonaws.com"),
        any_of(
            all_of(
                # The log group, or its ARN, is in one of these fields.
                any_of(
                    field("requestParameters.logGroupName").equals("${LogGroupName}"),
                    field("requestParameters.logGroupIdentifier").ends_with("${LogGroupName}"),
                    field("requestParameters.resourceIdentifier").ends_with(
                        ":log-group:${LogGroupName}"
                    ),
                ),
                # Log streams, filters, retention, deletion protection, masking, transformers, the
                # KMS key.
                any_of(
                    field("eventName").starts_with("Delete"),
                    field("eventName").starts_with("Put"),
                    field("eventName").one_of("AssociateKmsKey", "DisassociateKmsKey"),
                ),
            ),
            # Policies of the account that mask or transform what all metric filters read.
            all_of(
                field("eventName").equals("PutAccountPolicy"),
                field("requestParameters.policyType").one_of(
                    "DATA_PROTECTION_POLICY", "TRANSFORMER_POLICY"
                ),
            ),
        ),
    ),
    why=(
        "Alarms depend on these metric filters. If a filter is deleted or replaced, its alarm "
        "stays in OK, whatever happens. Without the log group, that is true of all alarms."
    ),
    runbook=(
        "Identify the filter or setting, and compare it with the stack of the alarms.",
        "If it was not planned: deploy that stack again, and disable the caller's credentials.",
        "Search the log group, or the log files in the bucket, for what the filter missed.",
    ),
    false_positives=(
        "Each update of these stacks triggers once. Other metric filters on the same log group: "
        "exclude the deployment role. Each policy of the account that masks or transforms log "
        "events is detected (PutAccountPolicy), because it names no log group."
    ),
    controls=Controls(mitre_attack=("T1685.002", "T1070")),
    shows=(
        "requestParameters.filterName",
        "requestParameters.policyType",
        "requestParameters.kmsKeyId",
    ),
    fires=(
        Example(
            "a metric filter of the log group is deleted",
            api_call(
                "logs",
                "DeleteMetricFilter",
                iam_user("mallory"),
                request={"logGroupName": _LOG_GROUP, "filterName": "security-alerts-iam-changes"},
            ),
        ),
        Example(
            "the retention of the log group is set to one day",
            api_call(
                "logs",
                "PutRetentionPolicy",
                identity_center_user("mallory"),
                request={"logGroupName": _LOG_GROUP, "retentionInDays": 1},
            ),
        ),
        Example(
            "the log group, named by its ARN, is encrypted with another KMS key",
            api_call(
                "logs",
                "AssociateKmsKey",
                iam_user("mallory"),
                request={
                    "resourceIdentifier": (
                        f"arn:aws:logs:us-east-1:111122223333:log-group:{_LOG_GROUP}"
                    ),
                    "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1234abcd",
                },
            ),
        ),
        Example(
            "a data protection policy that can mask log events is set",
            api_call(
                "logs",
                "PutDataProtectionPolicy",
                identity_center_user("mallory"),
                request={"logGroupIdentifier": _LOG_GROUP, "policyDocument": "{}"},
            ),
        ),
        Example(
            "a policy of the account masks data in all log groups",
            api_call(
                "logs",
                "PutAccountPolicy",
                iam_user("mallory"),
                request={
                    "policyName": "mask",
                    "policyType": "DATA_PROTECTION_POLICY",
                    "policyDocument": "{}",
                },
            ),
        ),
        Example(
            "deletion protection of the log group is disabled",
            api_call(
                "logs",
                "PutLogGroupDeletionProtection",
                iam_user("mallory"),
                request={
                    "logGroupIdentifier": (
                        f"arn:aws:logs:us-east-1:111122223333:log-group:{_LOG_GROUP}"
                    ),
                    "deletionProtectionEnabled": False,
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a policy of the account indexes fields of all log groups, which masks nothing",
            api_call(
                "logs",
                "PutAccountPolicy",
                assumed_role_identity("Deployer"),
                request={
                    "policyName": "index",
                    "policyType": "FIELD_INDEX_POLICY",
                    "policyDocument": "{}",
                },
            ),
        ),
        Example(
            "a policy of the account that masks data is deleted",
            api_call(
                "logs",
                "DeleteAccountPolicy",
                assumed_role_identity("Deployer"),
                request={"policyName": "mask", "policyType": "DATA_PROTECTION_POLICY"},
            ),
        ),
        Example(
            "a KMS key is associated with query results, not with the log group",
            api_call(
                "logs",
                "AssociateKmsKey",
                assumed_role_identity("Deployer"),
                request={
                    "resourceIdentifier": "arn:aws:logs:us-east-1:111122223333:query-result:*"
                },
            ),
        ),
        Example(
            "a metric filter of another log group is deleted",
            api_call(
                "logs",
                "DeleteMetricFilter",
                assumed_role_identity("Deployer"),
                request={"logGroupName": "/aws/lambda/shop", "filterName": "errors"},
            ),
        ),
        Example(
            "CloudTrail creates a log stream in the log group",
            api_call(
                "logs",
                "CreateLogStream",
                assumed_role_identity(
                    "security-alerts-TrailRole-EXAMPLE", "CLOUDWATCH_LOGS_DELIVERY_SESSION"
                ),
                request={
                    "logGroupName": _LOG_GROUP,
                    "logStreamName": "111122223333_CloudTrail_us-east-1",
                },
            ),
        ),
        Example(
            "the metric filters are listed",
            api_call(
                "logs",
                "DescribeMetricFilters",
                iam_user("alice"),
                request={"logGroupName": _LOG_GROUP},
                read_only=True,
            ),
        ),
    ),
)

ALARM_TAMPERING = Detection(
    id="alarm-tampering",
    title="An alarm was deleted, muted, replaced or set manually",
    packs=("tamper",),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").equals("monitoring.amazonaws.com"),
        any_of(
            all_of(
                field("eventName").one_of("DeleteAlarms", "DisableAlarmActions"),
                field("requestParameters.alarmNames[*]").starts_with("${AlarmPrefix}-"),
            ),
            all_of(
                field("eventName").one_of(
                    "SetAlarmState", "PutMetricAlarm", "PutCompositeAlarm", "PutLogAlarm"
                ),
                field("requestParameters.alarmName").starts_with("${AlarmPrefix}-"),
            ),
            all_of(
                field("eventName").equals("PutAlarmMuteRule"),
                field("requestParameters.muteTargets.alarmNames[*]").starts_with("${AlarmPrefix}-"),
            ),
        ),
    ),
    why=(
        "A deleted or muted alarm sends no notification. An alarm held in ALARM by SetAlarmState "
        "does not either, because actions run only on state changes."
    ),
    runbook=(
        "Identify the alarm, and compare its actions and threshold with its stack.",
        "If it was not planned: deploy that stack again, and disable the caller's credentials.",
        "Run the saved query of the alarm for the time in which it sent no notifications.",
    ),
    false_positives=(
        "Each update of these stacks triggers once, and so does each test with SetAlarmState. Your "
        "own alarms are included if their names start with the name of the base stack and a "
        "hyphen."
    ),
    controls=Controls(mitre_attack=("T1685",)),
    shows=(
        "requestParameters.alarmName",
        "requestParameters.name",
        "requestParameters.stateValue",
    ),
    fires=(
        Example(
            "one of these alarms is deleted together with other alarms",
            api_call(
                "monitoring",
                "DeleteAlarms",
                iam_user("mallory"),
                request={"alarmNames": ["shop-errors", "security-alerts-iam-changes"]},
            ),
        ),
        Example(
            "the actions of an alarm are disabled",
            api_call(
                "monitoring",
                "DisableAlarmActions",
                identity_center_user("mallory"),
                request={"alarmNames": ["security-alerts-root-account-use"]},
            ),
        ),
        Example(
            "a log alarm is replaced",
            api_call(
                "monitoring",
                "PutLogAlarm",
                iam_user("mallory"),
                request={"alarmName": "security-alerts-root-account-use-log", "threshold": 1000},
            ),
        ),
        Example(
            "an alarm is set to OK manually",
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
            "an alarm is muted",
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
            "another alarm is deleted whose name only contains the stack name",
            api_call(
                "monitoring",
                "DeleteAlarms",
                assumed_role_identity("Deployer"),
                request={"alarmNames": ["shop-security-alerts-errors"]},
            ),
        ),
        Example(
            "another alarm is created",
            api_call(
                "monitoring",
                "PutMetricAlarm",
                assumed_role_identity("Deployer"),
                request={"alarmName": "shop-errors", "threshold": 1.0},
            ),
        ),
        Example(
            "another alarm is muted",
            api_call(
                "monitoring",
                "PutAlarmMuteRule",
                identity_center_user("alice"),
                request={"name": "night", "muteTargets": {"alarmNames": ["shop-errors"]}},
            ),
        ),
        Example(
            "the actions of an alarm are enabled",
            api_call(
                "monitoring",
                "EnableAlarmActions",
                identity_center_user("alice"),
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

"""
Log alarms for detections: scheduled queries that count the events of each identity.

In:    a detection that has a log alarm, and the references to log group and topics.
Out:   the alarm, and a `Piece` with the roles of all log alarms of a stack.
Never: a metric or a metric filter, which would count the events again.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html
"""

from typing import Any

from troposphere import GetAtt, Sub, cloudwatch, iam

from policies.log_alarm_roles import (
    log_line_policy,
    log_line_trust_policy,
    query_policy,
    query_trust_policy,
)
from stacks.pieces.base_refs import BaseRefs, bucket_condition
from stacks.pieces.boundary import BOUNDARY, permissions_boundary
from stacks.pieces.installation import named
from trailbell import Detection, Piece, suppress
from trailbell.catalog.alarm_text import alarm_description
from trailbell.catalog.log_alarm import LOG_LINES, log_alarm

_QUERY_ROLE, _LOG_LINE_ROLE = "LogAlarmQueryRole", "LogAlarmLogLineRole"


def log_alarm_resource(detection: Detection, refs: BaseRefs) -> cloudwatch.LogAlarm:
    """An alarm that counts the events of each identity, and notifies a topic for each of them.

    An identity without events is in none of the results, and missing data is not breaching.
    """
    alarm = log_alarm(detection)
    return cloudwatch.LogAlarm(
        f"{detection.logical_id}LogAlarm",
        **bucket_condition(detection),
        AlarmName=named(detection.alarm_id),
        AlarmDescription=refs.substitute(detection, alarm_description(detection)),
        ScheduledQueryConfiguration=cloudwatch.ScheduledQueryConfiguration(
            QueryString=refs.substitute(detection, alarm.query),
            AggregationExpression=alarm.aggregation,
            LogGroupIdentifiers=[refs.log_group],
            ScheduleConfiguration=cloudwatch.ScheduleConfiguration(
                ScheduleExpression=alarm.schedule,
                StartTimeOffset=alarm.start_offset,
                EndTimeOffset=alarm.end_offset,
            ),
            ScheduledQueryRoleARN=GetAtt(_QUERY_ROLE, "Arn"),
        ),
        QueryResultsToEvaluate=alarm.results_to_evaluate,
        QueryResultsToAlarm=alarm.results_to_alarm,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=alarm.threshold,
        TreatMissingData="notBreaching",
        ActionLogLineCount=LOG_LINES,
        ActionLogLineRoleArn=GetAtt(_LOG_LINE_ROLE, "Arn"),
        AlarmActions=[refs.topics[detection.severity]],
    )


def log_alarm_roles(refs: BaseRefs, group: str) -> Piece:
    """The roles of all log alarms of a stack, with the permissions boundary as a parameter.

    ``group`` is the parameter's group in the CloudFormation console.
    """
    log_groups = [
        Sub(
            "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${LogGroup}:*",
            LogGroup=refs.log_group,
        )
    ]
    boundary = permissions_boundary(group)
    return Piece(
        inputs=boundary.inputs,
        conditions=boundary.conditions,
        resources=(
            _role(
                _QUERY_ROLE,
                "Allows CloudWatch Logs to run the queries of log alarms",
                query_trust_policy(),
                iam.Policy(
                    PolicyName="run-queries", PolicyDocument=query_policy(log_groups=log_groups)
                ),
            ),
            _role(
                _LOG_LINE_ROLE,
                "Allows CloudWatch to add log lines to the notifications of log alarms",
                log_line_trust_policy(),
                iam.Policy(
                    PolicyName="read-query-results",
                    PolicyDocument=log_line_policy(log_groups=log_groups),
                ),
            ),
        ),
    )


def _role(name: str, purpose: str, trust: Any, policy: iam.Policy) -> iam.Role:
    """A role without a RoleName, which could exist only once per account, so in one Region only."""
    return iam.Role(
        name,
        Metadata=suppress(
            prowler={
                "iam_role_cross_service_confused_deputy_prevention": (
                    "AWS does not say that CloudWatch sends aws:SourceArn"
                )
            }
        ),
        Description=Sub(f"{purpose} of stack ${{AWS::StackName}}"),
        AssumeRolePolicyDocument=trust,
        PermissionsBoundary=BOUNDARY,
        Policies=[policy],
    )

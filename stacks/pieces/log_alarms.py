"""
Log alarms for detections: scheduled queries that count the events of each identity.

In:    a detection that has a log alarm, and the references to log group and topics.
Out:   the alarm, and a `Piece` with the role of all log alarms of a stack.
Never: a metric or a metric filter, which would count the events again.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html
"""

from troposphere import GetAtt, Sub, cloudwatch, iam

from policies.log_alarm_role import permissions_policy, trust_policy
from stacks.pieces.base_refs import BaseRefs, bucket_condition
from stacks.pieces.boundary import BOUNDARY, permissions_boundary
from stacks.pieces.installation import named
from trailbell import Detection, Piece, suppress, suppress_lint
from trailbell.catalog.alarm_text import alarm_description
from trailbell.catalog.log_alarm import LOG_LINES, log_alarm

_ROLE = "LogAlarmRole"


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
                **({"EndTimeOffset": alarm.end_offset} if alarm.end_offset else {}),
            ),
            ScheduledQueryRoleARN=GetAtt(_ROLE, "Arn"),
        ),
        QueryResultsToEvaluate=alarm.results_to_evaluate,
        QueryResultsToAlarm=alarm.results_to_alarm,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=alarm.threshold,
        TreatMissingData="notBreaching",
        ActionLogLineCount=LOG_LINES,
        ActionLogLineRoleArn=GetAtt(_ROLE, "Arn"),
        AlarmActions=[refs.topics[detection.severity]],
    )


def log_alarm_role(refs: BaseRefs, group: str) -> Piece:
    """The role of all log alarms of a stack, with its permissions boundary as a parameter.

    ``group`` is the parameter's group in the CloudFormation console.
    """
    log_group = Sub(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${LogGroup}:*",
        LogGroup=refs.log_group,
    )
    # No RoleName: a fixed name could exist only once per account, so in one Region only.
    role = iam.Role(
        _ROLE,
        Metadata=suppress(
            prowler={
                "iam_role_cross_service_confused_deputy_prevention": (
                    "AWS does not say that CloudWatch sends aws:SourceArn"
                )
            }
        )
        | suppress_lint("I9853", reason="AWS does not say that log alarms send aws:SourceArn."),
        Description=Sub("Allows the log alarms of stack ${AWS::StackName} to query the log group"),
        AssumeRolePolicyDocument=trust_policy(),
        PermissionsBoundary=BOUNDARY,
        Policies=[
            iam.Policy(
                PolicyName="query-log-group",
                PolicyDocument=permissions_policy(log_groups=[log_group]),
            )
        ],
    )
    boundary = permissions_boundary(group)
    return Piece(inputs=boundary.inputs, conditions=boundary.conditions, resources=(role,))

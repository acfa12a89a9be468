"""
The policy of a caller that runs drills.

In:    the stacks with their settings.
Out:   a policy that lets the caller send events and read what becomes of them.
Never: a permission to change what is deployed: a drill writes to log streams of its own, puts
       events of its own source, and publishes an announcement.
"""

from collections.abc import Iterable, Iterator, Sequence

from trailbell.deploy.permissions.deployer import PermissionOptions, Policies, parameter_notes
from trailbell.deploy.permissions.names import Names
from trailbell.deploy.permissions.naming import ANY
from trailbell.deploy.permissions.policy import Scope, Statement, split, statement
from trailbell.deploy.permissions.resource_statements import existing_resources
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.judgment.resource_diff import as_list
from trailbell.template.resources import properties, type_of

# Actions that IAM cannot limit to resources, or that read anything of a service. They only read.
_READS = (
    "cloudformation:ListExports", "cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData", "cloudwatch:ListAlarmMuteRules", "events:DescribeRule",
    "events:ListTargetsByRule", "events:TestEventPattern", "logs:DescribeMetricFilters",
    "sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic",
)  # fmt: skip
_STACK_READS = ("DescribeStacks", "GetTemplate", "ListStackResources")
_STREAM_WRITES = ("logs:CreateLogStream", "logs:DeleteLogStream", "logs:PutLogEvents")


def drill_policies(targets: Sequence[StackToDeploy], options: PermissionOptions) -> Policies:
    """Return the policy for drills of what these stacks deploy."""
    others = {target.stack: target for target in (*options.all_stacks, *targets)}
    stacks = tuple(Names(target, options.scope, others) for target in targets)
    statements = tuple(_statements(stacks, options.scope))
    return Policies(split("trailbell-drill", statements), tuple(parameter_notes(statements)))


def _statements(stacks: Sequence[Names], scope: Scope) -> Iterator[Statement]:
    arns = (scope.arn("cloudformation", f"stack/{names.target.name}/*") for names in stacks)
    yield statement("ReadStacks", (f"cloudformation:{name}" for name in _STACK_READS), arns)
    yield statement("ReadOnly", _READS, [ANY])
    if streams := [*_streams(stacks)]:
        yield statement("WriteDrillEvents", _STREAM_WRITES, streams)
    if topics := [*_topics(stacks)]:
        yield statement("AnnounceDrills", ["sns:Publish"], topics)
        yield statement(
            "EncryptAnnouncements",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [scope.arn("kms", "key/*")],
            {"StringLike": {"kms:ViaService": "sns.*.amazonaws.com"}},
        )
    if buses := [*_buses(stacks, scope)]:
        yield statement(
            "PutDrillEvents",
            ["events:PutEvents"],
            buses,
            {"StringEquals": {"events:source": "trailbell.drill"}},
        )


def _of_type(stacks: Iterable[Names], type_: str) -> Iterator[tuple[Names, str]]:
    for names in stacks:
        for logical_id, resource in existing_resources(names):
            if type_of(resource) == type_:
                yield names, logical_id


def _streams(stacks: Iterable[Names]) -> Iterator[str]:
    """The log streams of drills in the log groups of metric filters.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
    """
    for names, logical_id in _of_type(stacks, "AWS::Logs::MetricFilter"):
        resource = names.template["Resources"][logical_id]
        for group in names.patterns(properties(resource).get("LogGroupName")):
            arn = f"log-group:{group}:log-stream:trailbell-drill-*"
            yield names.scope.arn("logs", arn)


def _topics(stacks: Iterable[Names]) -> Iterator[str]:
    """The topics that alarms of metric filters notify."""
    for names, logical_id in _of_type(stacks, "AWS::CloudWatch::Alarm"):
        resource = names.template["Resources"][logical_id]
        for action in as_list(properties(resource).get("AlarmActions")):
            for arn in names.patterns(action):
                yield arn if arn.startswith("arn:") else names.scope.arn("sns", arn)


def _buses(stacks: Iterable[Names], scope: Scope) -> Iterator[str]:
    """The event buses of rules."""
    for names, logical_id in _of_type(stacks, "AWS::Events::Rule"):
        resource = names.template["Resources"][logical_id]
        for bus in names.patterns(properties(resource).get("EventBusName", "default")):
            yield bus if bus.startswith("arn:") else scope.arn("events", f"event-bus/{bus}")

"""Code that runs later, and events that leave the account."""

from typing import Any

from detections._conditions import (
    CALLED_DIRECTLY,
    IAM_OR_IDENTITY_CENTER_USER,
    SUCCEEDED,
    calls,
)
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    aws_service,
    field,
    iam_user,
    identity_center_user,
)

_FUNCTION = {"id": "1", "arn": "arn:aws:lambda:us-east-1:111122223333:function:collect"}
_TARGET_ARN = field("requestParameters.targets[*].arn")


def _with_mfa(role: str) -> dict[str, Any]:
    """A caller that assumed a role with MFA."""
    identity = assumed_role_identity(role)
    identity["sessionContext"]["attributes"]["mfaAuthenticated"] = "true"
    return identity


RUN_SCHEDULED = Detection(
    id="run-scheduled",
    title="A person scheduled code, or let events leave or enter the account",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        CALLED_DIRECTLY,
        any_of(
            all_of(
                field("eventSource").equals("events.amazonaws.com"),
                any_of(
                    field("eventName").equals("PutPermission"),
                    all_of(
                        field("eventName").equals("PutTargets"),
                        any_of(
                            _TARGET_ARN.contains(":event-bus/"),
                            _TARGET_ARN.contains(":api-destination/"),
                        ),
                    ),
                ),
            ),
            all_of(
                any_of(
                    calls("scheduler", "CreateSchedule", "UpdateSchedule"),
                    calls("events", "PutTargets"),
                    calls("pipes", "CreatePipe", "UpdatePipe"),
                ),
                any_of(
                    IAM_OR_IDENTITY_CENTER_USER,
                    field("userIdentity.sessionContext.attributes.mfaAuthenticated").equals("true"),
                ),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "A schedule, rule or pipe runs code again after an intruder has lost access. A rule "
        "with an event bus elsewhere copies events, and reports what you do."
    ),
    runbook=(
        "Identify what runs or receives events: target.arn, targets, name, or principal.",
        "If it was not planned: delete it, and disable the caller's credentials.",
        "Review the code that it runs, and what its role (roleArn) did since then.",
    ),
    false_positives=(
        "People who build schedules and rules by hand, and rules for an event bus of your own in "
        "another account or Region. Exclude their users, or the role that deploys rules. "
        "Applications create schedules all day, so of roles without MFA other than those of IAM "
        "Identity Center, only event buses, API destinations and PutPermission are detected. What "
        "CloudFormation creates, and denied calls, are not detected."
    ),
    controls=Controls(mitre_attack=("T1546", "T1537")),
    shows=(
        "requestParameters.name",
        "requestParameters.rule",
        "requestParameters.targets[0].arn",
        "requestParameters.principal",
    ),
    fires=(
        Example(
            "an IAM user creates a schedule",
            api_call(
                "scheduler",
                "CreateSchedule",
                iam_user("mallory"),
                request={
                    "name": "again",
                    "scheduleExpression": "rate(1 hour)",
                    "flexibleTimeWindow": {"mode": "OFF"},
                    "target": {
                        "arn": _FUNCTION["arn"],
                        "roleArn": "arn:aws:iam::111122223333:role/again",
                    },
                },
            ),
        ),
        Example(
            "every account may send events to an event bus",
            api_call(
                "events",
                "PutPermission",
                assumed_role_identity("Developer"),
                request={
                    "action": "events:PutEvents",
                    "principal": "*",
                    "statementId": "all",
                    "eventBusName": "default",
                },
            ),
        ),
        Example(
            "a role sends events to an event bus of another account",
            api_call(
                "events",
                "PutTargets",
                assumed_role_identity("Developer"),
                request={
                    "rule": "copy",
                    "targets": [
                        _FUNCTION,
                        {
                            "id": "2",
                            "arn": "arn:aws:events:us-east-1:123456789012:event-bus/default",
                        },
                    ],
                },
            ),
        ),
        Example(
            "a role sends events to a website",
            api_call(
                "events",
                "PutTargets",
                assumed_role_identity("Developer"),
                request={
                    "rule": "copy",
                    "targets": [
                        {
                            "id": "1",
                            "arn": "arn:aws:events:us-east-1:111122223333:api-destination/out/1",
                        }
                    ],
                },
            ),
        ),
        Example(
            "a user of IAM Identity Center lets a rule call a function",
            api_call(
                "events",
                "PutTargets",
                identity_center_user("mallory"),
                request={"rule": "on-new-user", "targets": [_FUNCTION]},
            ),
        ),
        Example(
            "a role in a session with MFA creates a schedule",
            api_call(
                "scheduler",
                "CreateSchedule",
                _with_mfa("Operator"),
                request={"name": "again", "scheduleExpression": "rate(1 hour)"},
            ),
        ),
        Example(
            "an IAM user changes the target of a schedule",
            api_call(
                "scheduler",
                "UpdateSchedule",
                iam_user("mallory"),
                request={"name": "nightly", "target": {"arn": _FUNCTION["arn"]}},
            ),
        ),
        Example(
            "an IAM user changes the target of a pipe",
            api_call("pipes", "UpdatePipe", iam_user("mallory"), request={"name": "copy"}),
        ),
        Example(
            "an IAM user connects a queue with a function",
            api_call(
                "pipes",
                "CreatePipe",
                iam_user("mallory"),
                request={
                    "name": "copy",
                    "source": "arn:aws:sqs:us-east-1:111122223333:orders",
                    "target": _FUNCTION["arn"],
                },
            ),
        ),
    ),
    silent=(
        Example(
            "an application creates a schedule",
            api_call(
                "scheduler",
                "CreateSchedule",
                assumed_role_identity("OrderService"),
                request={"name": "order-1", "scheduleExpression": "at(2026-02-01T00:00:00)"},
            ),
        ),
        Example(
            "a pipeline lets a rule call a function",
            api_call(
                "events",
                "PutTargets",
                assumed_role_identity("Deployer"),
                request={"rule": "nightly", "targets": [_FUNCTION]},
            ),
        ),
        Example(
            "Auto Scaling creates the targets of its own rule",
            api_call(
                "events",
                "PutTargets",
                aws_service("autoscaling.amazonaws.com"),
                request={
                    "rule": "AutoScalingManagedRule",
                    "targets": [{"id": "1", "arn": "arn:aws:autoscaling:us-east-1:::"}],
                },
            ),
        ),
        Example(
            "CloudFormation creates a schedule for a user",
            api_call(
                "scheduler",
                "CreateSchedule",
                iam_user("alice", invoked_by="cloudformation.amazonaws.com"),
                request={"name": "nightly", "scheduleExpression": "rate(1 day)"},
            ),
        ),
        Example(
            "a call to open an event bus is denied",
            api_call(
                "events",
                "PutPermission",
                iam_user("mallory"),
                request={"action": "events:PutEvents", "principal": "*", "statementId": "all"},
                error="AccessDenied",
            ),
        ),
        Example(
            "an event bus is closed",
            api_call(
                "events", "RemovePermission", iam_user("alice"), request={"statementId": "all"}
            ),
        ),
        Example(
            "a user creates a schedule of DataBrew",
            api_call("databrew", "CreateSchedule", iam_user("alice")),
        ),
        Example(
            "a pipe is stopped",
            api_call("pipes", "StopPipe", iam_user("alice"), request={"name": "copy"}),
        ),
        Example(
            "a schedule is deleted",
            api_call("scheduler", "DeleteSchedule", iam_user("alice"), request={"name": "again"}),
        ),
    ),
)

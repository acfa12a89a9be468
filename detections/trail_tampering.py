"""Tampering with the trail, and with the role that delivers its events."""

from detections._conditions import calls
from trailbell import (
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

_TRAIL_ROLE = "security-alerts-TrailRole-EXAMPLE"

TRAIL_TAMPERING = Detection(
    id="trail-tampering",
    title="A trail or event data store was stopped, changed or deleted",
    packs=("tamper",),
    severity=Severity.HIGH,
    pattern=calls(
        "cloudtrail",
        "StopLogging",
        "DeleteTrail",
        "UpdateTrail",
        "PutEventSelectors",
        "PutInsightSelectors",
        "DeleteEventDataStore",
        "UpdateEventDataStore",
        "StopEventDataStoreIngestion",
        "DeregisterOrganizationDelegatedAdmin",
        "DeleteResourcePolicy",
    ),
    why=(
        "Attackers stop the trail first or restrict what it records. If this trail feeds the "
        "alarms, they no longer detect anything."
    ),
    runbook=(
        "Check that your trail still logs all management events in all Regions.",
        "If it was not planned: revert the change, and disable the caller's credentials.",
        "Review what the same caller did in Event history, which keeps 90 days in any case.",
    ),
    false_positives=(
        "Each update of the stack with the trail triggers once. Trails for data events that change "
        "often: exclude the role that changes them. Denied calls are detected as well, by design."
    ),
    controls=Controls(related_cis_control=5, mitre_attack=("T1685.002",)),
    fires=(
        Example(
            "the trail is set to exclude management events",
            api_call(
                "cloudtrail",
                "PutEventSelectors",
                iam_user("mallory"),
                request={
                    "trailName": "trailbell-us-east-1",
                    "eventSelectors": [
                        {
                            "readWriteType": "ReadOnly",
                            "includeManagementEvents": False,
                            "dataResources": [],
                            "excludeManagementEventSources": [],
                        }
                    ],
                },
            ),
        ),
        Example(
            "the trail is stopped",
            api_call(
                "cloudtrail",
                "StopLogging",
                identity_center_user("mallory"),
                request={"name": "trailbell-us-east-1"},
            ),
        ),
        Example(
            "a call to delete the trail is denied",
            api_call("cloudtrail", "DeleteTrail", iam_user("mallory"), error="AccessDenied"),
        ),
    ),
    silent=(
        Example(
            "the trail is started",
            api_call(
                "cloudtrail",
                "StartLogging",
                assumed_role_identity("Deployer"),
                request={"name": "trailbell-us-east-1"},
            ),
        ),
        Example(
            "another trail is created",
            api_call(
                "cloudtrail",
                "CreateTrail",
                assumed_role_identity("Deployer"),
                request={"name": "data"},
            ),
        ),
        Example(
            "a trail is tagged",
            api_call("cloudtrail", "AddTags", assumed_role_identity("Deployer")),
        ),
        Example(
            "a dashboard of CloudTrail Lake is deleted",
            api_call("cloudtrail", "DeleteDashboard", iam_user("alice")),
        ),
        Example(
            "the event selectors are read",
            api_call("cloudtrail", "GetEventSelectors", iam_user("alice"), read_only=True),
        ),
    ),
)

TRAIL_ROLE_TAMPERING = Detection(
    id="trail-role-tampering",
    title="The role that delivers events to CloudWatch Logs was changed or deleted",
    packs=("tamper",),
    severity=Severity.HIGH,
    pattern=all_of(
        calls(
            "iam",
            "DeleteRole",
            "DeleteRolePolicy",
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "PutRolePermissionsBoundary",
            "DeleteRolePermissionsBoundary",
        ),
        any_of(
            field("requestParameters.roleName").contains("-TrailRole-"),
            # https://docs.aws.amazon.com/controltower/latest/userguide/access-control-managing-permissions.html
            field("requestParameters.roleName").equals("AWSControlTowerCloudTrailRole"),
        ),
    ),
    why=(
        "CloudTrail uses this role to write to the log group. Without it, the trail looks healthy "
        "but alarms receive no events."
    ),
    runbook=(
        "Check on the trail's page when events were last delivered to CloudWatch Logs.",
        "If it was not planned: deploy the trail stack again, disable the caller's credentials.",
        "Review the log files in the bucket for the time without events in the log group.",
    ),
    false_positives=(
        "Each update of a stack with a trail triggers once. The role is recognized by its name, to "
        "which CloudFormation gives the logical ID TrailRole in security-alerts, trail and "
        "organization-trail, whatever the stack is called. Roles of other stacks with this logical "
        "ID trigger too. Of other trails, only the role of Control Tower is recognized."
    ),
    controls=Controls(mitre_attack=("T1685.002",)),
    fires=(
        Example(
            "the policy that allows the role to write log events is deleted",
            api_call(
                "iam",
                "DeleteRolePolicy",
                iam_user("mallory"),
                request={"roleName": _TRAIL_ROLE, "policyName": "write-log-events"},
            ),
        ),
        Example(
            "the role of an organization trail that StackSets deployed is deleted",
            api_call(
                "iam",
                "DeleteRole",
                identity_center_user("mallory"),
                request={"roleName": "StackSet-trailbell-organ-TrailRole-EXAMPLE12345"},
            ),
        ),
        Example(
            "the role of the trail of Control Tower gets a permissions boundary",
            api_call(
                "iam",
                "PutRolePermissionsBoundary",
                iam_user("mallory"),
                request={
                    "roleName": "AWSControlTowerCloudTrailRole",
                    "permissionsBoundary": "arn:aws:iam::aws:policy/AWSDenyAll",
                },
            ),
        ),
        Example(
            "the trust policy of the role no longer allows CloudTrail",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                identity_center_user("mallory"),
                request={"roleName": _TRAIL_ROLE, "policyDocument": "{}"},
            ),
        ),
    ),
    silent=(
        Example(
            "a policy of another role of the stack is deleted",
            api_call(
                "iam",
                "DeleteRolePolicy",
                assumed_role_identity("Deployer"),
                request={"roleName": "security-alerts-Notifier-EXAMPLE", "policyName": "x"},
            ),
        ),
        Example(
            "a role whose name lacks the hyphens of the logical ID is deleted",
            api_call(
                "iam",
                "DeleteRole",
                assumed_role_identity("Deployer"),
                request={"roleName": "ShopTrailRole"},
            ),
        ),
        Example(
            "a policy is attached to another role of Control Tower",
            api_call(
                "iam",
                "AttachRolePolicy",
                assumed_role_identity("Deployer"),
                request={
                    "roleName": "AWSControlTowerStackSetRole",
                    "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
                },
            ),
        ),
        Example(
            "the role is tagged",
            api_call(
                "iam",
                "TagRole",
                assumed_role_identity("Deployer"),
                request={"roleName": _TRAIL_ROLE},
            ),
        ),
        Example(
            "the role is read",
            api_call(
                "iam",
                "GetRole",
                iam_user("alice"),
                request={"roleName": _TRAIL_ROLE},
                read_only=True,
            ),
        ),
    ),
)

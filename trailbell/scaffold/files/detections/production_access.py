"""
An example: who takes the role with which production can be changed.

Edit it, or delete it together with tests/test_own.py.
"""

from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    api_call,
    assume_role_request,
    field,
    iam_user,
    identity_center_user,
)

PRODUCTION_ROLE_ASSUMED = Detection(
    id="production-role-assumed",
    title="The role ProductionAdmin was assumed",
    packs=("own",),
    severity=Severity.LOW,
    pattern=all_of(
        field("eventSource").equals("sts.amazonaws.com"),
        field("eventName").equals("AssumeRole"),
        field("requestParameters.roleArn").ends_with(":role/ProductionAdmin"),
        field("errorCode").missing(),
    ),
    why="With this role production can be changed, and changes have an entry in the change log.",
    runbook=(
        "Look up the session name in the change log.",
        "Ask the person, if there is no entry.",
        "If no one knows of it: revoke the role's sessions, and disable the caller's credentials.",
    ),
    false_positives="Planned changes. Denied calls are not detected.",
    controls=Controls(mitre_attack=("T1078.004",)),
    fires=(
        Example(
            "an IAM user assumes the role",
            api_call(
                "sts",
                "AssumeRole",
                iam_user("alice"),
                request=assume_role_request("ProductionAdmin"),
            ),
        ),
        Example(
            "a user of Identity Center assumes the role",
            api_call(
                "sts",
                "AssumeRole",
                identity_center_user("bob"),
                request=assume_role_request("ProductionAdmin", "change-42"),
            ),
        ),
    ),
    silent=(
        Example(
            "a role is assumed whose name only begins with that",
            api_call(
                "sts",
                "AssumeRole",
                iam_user("alice"),
                request=assume_role_request("ProductionAdminReadOnly"),
            ),
        ),
        Example(
            "another role is assumed",
            api_call("sts", "AssumeRole", iam_user("alice"), request=assume_role_request("Reader")),
        ),
        Example(
            "the call is denied",
            api_call(
                "sts",
                "AssumeRole",
                iam_user("mallory"),
                request=assume_role_request("ProductionAdmin"),
                error="AccessDenied",
            ),
        ),
    ),
)

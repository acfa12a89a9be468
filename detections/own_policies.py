"""Policies of the account that allow everything: written inline or as managed policies."""

import json
from typing import Any

from detections._conditions import NOT_BY_IDENTITY_CENTER, SUCCEEDED
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
    service_linked_role,
)

# A statement in the text of a policy: its members can be in any order and with any white space.
# `[^{}]*` stays within one statement. Every action is "*" or "*:*"; "iam:*" leads to it. The
# expressions are short, because exclusions of the settings are added to the pattern.
_EVERY_ACTION = r"\x22[iamIAM:*]+\x22"
_FIRST_OR_ONLY = rf"Action\x22[\s:\[]*{_EVERY_ACTION}"
_IN_A_LIST = rf"Action\x22[\s:]*\[[^\]]*{_EVERY_ACTION}"
_ALLOWS_EVERY_ACTION = "|".join(
    pattern
    for action in (_FIRST_OR_ONLY, _IN_A_LIST, "NotAction")
    for pattern in (rf"\x22Allow\x22[^{{}}]*{action}", rf"{action}[^{{}}]*\x22Allow\x22")
)
_EVERY_RESOURCE = r"Resource\x22[\s:\[]*\x22\*\x22|NotResource"


def _policy(*statements: dict[str, Any]) -> str:
    """The text of a policy as a caller sends it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


_EVERYTHING: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}

# The record has the policy as text: https://github.com/DataDog/stratus-red-team
ADMINISTRATOR_POLICY_WRITTEN = Detection(
    id="administrator-policy-written",
    title="An IAM policy that allows every action was written",
    packs=("identity",),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").equals("iam.amazonaws.com"),
        # PutUserPolicy, PutRolePolicy, PutGroupPolicy, CreatePolicy, CreatePolicyVersion: no other
        # call of this name has such a document.
        field("eventName").contains("Policy"),
        field("requestParameters.policyDocument").matches(_ALLOWS_EVERY_ACTION),
        field("requestParameters.policyDocument").matches(_EVERY_RESOURCE),
        NOT_BY_IDENTITY_CENTER,
        SUCCEEDED,
    ),
    alarm_only="EventBridge has no regular expressions",
    why=(
        "An inline or own policy that allows every action, or all of IAM, makes an administrator "
        "without AdministratorAccess. Attackers prefer it because few alarms read policies."
    ),
    runbook=(
        "Identify the user, group, role or policy (userName, groupName, roleName, policyArn).",
        "If it was not planned: delete the policy, and disable the caller's credentials.",
        "Review what was done with the new permissions since then.",
    ),
    false_positives=(
        "Deployment roles and permissions boundaries with their own policies: exclude the role "
        "that deploys them. A statement that allows all but some actions (NotAction) counts. Not "
        "detected: inline policies of permission sets, which identity-center-access-changes "
        "covers, a statement with a condition between effect and action, an own policy that is "
        "attached or made the default later, and denied calls."
    ),
    controls=Controls(related_cis_control=4, mitre_attack=("T1098.003",)),
    shows=(
        "requestParameters.userName",
        "requestParameters.groupName",
        "requestParameters.roleName",
        "requestParameters.policyArn",
        "requestParameters.policyDocument",
    ),
    fires=(
        Example(
            "an inline policy allows a user everything",
            api_call(
                "iam",
                "PutUserPolicy",
                iam_user("mallory"),
                request={
                    "userName": "mallory",
                    "policyName": "all",
                    "policyDocument": _policy(_EVERYTHING),
                },
            ),
        ),
        Example(
            "a new version of a policy allows everything, in another order and without spaces",
            api_call(
                "iam",
                "CreatePolicyVersion",
                identity_center_user("mallory"),
                request={
                    "policyArn": "arn:aws:iam::111122223333:policy/shop",
                    "policyDocument": (
                        '{"Statement":{"Resource":["*"],"Action":["s3:GetObject","*"],'
                        '"Effect":"Allow"}}'
                    ),
                    "setAsDefault": True,
                },
            ),
        ),
        Example(
            "the second statement of a role's policy allows all of IAM",
            api_call(
                "iam",
                "PutRolePolicy",
                assumed_role_identity("Developer"),
                request={
                    "roleName": "web",
                    "policyName": "more",
                    "policyDocument": _policy(
                        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::shop"},
                        {"Sid": "2", "Effect": "Allow", "Action": ["iam:*"], "Resource": "*"},
                    ),
                },
            ),
        ),
        Example(
            "a policy allows every action on all resources but one",
            api_call(
                "iam",
                "CreatePolicy",
                iam_user("mallory"),
                request={
                    "policyName": "more",
                    "policyDocument": _policy(
                        {
                            "Effect": "Allow",
                            "Action": "*:*",
                            "NotResource": "arn:aws:s3:::shop",
                        }
                    ),
                },
            ),
        ),
        Example(
            "a policy allows all actions but one",
            api_call(
                "iam",
                "CreatePolicy",
                iam_user("mallory"),
                request={
                    "policyName": "most",
                    "policyDocument": _policy(
                        {"Effect": "Allow", "NotAction": "aws-portal:*", "Resource": "*"}
                    ),
                },
            ),
        ),
    ),
    silent=(
        Example(
            "the IAM console revokes the active sessions of a role by denying every action",
            api_call(
                "iam",
                "PutRolePolicy",
                identity_center_user("alice"),
                request={
                    "roleName": "web",
                    "policyName": "AWSRevokeOlderSessions",
                    "policyDocument": _policy(
                        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"},
                        {
                            "Effect": "Deny",
                            "Action": ["*"],
                            "Resource": ["*"],
                            "Condition": {
                                "DateLessThan": {"aws:TokenIssueTime": "2026-01-15T12:00:00Z"}
                            },
                        },
                    ),
                },
            ),
        ),
        Example(
            "a policy allows every action of a service on every resource",
            api_call(
                "iam",
                "PutRolePolicy",
                assumed_role_identity("Deployer"),
                request={
                    "roleName": "web",
                    "policyName": "read",
                    "policyDocument": _policy(
                        {"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*"}
                    ),
                },
            ),
        ),
        Example(
            "a policy allows every action on one bucket",
            api_call(
                "iam",
                "CreatePolicy",
                assumed_role_identity("Deployer"),
                request={
                    "policyName": "shop",
                    "policyDocument": _policy(
                        {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::shop/*"}
                    ),
                },
            ),
        ),
        Example(
            "IAM Identity Center provisions the inline policy of a permission set",
            api_call(
                "iam",
                "PutRolePolicy",
                service_linked_role("AWSServiceRoleForSSO", "sso"),
                request={
                    "roleName": "AWSReservedSSO_Administrator_0123456789abcdef",
                    "policyName": "AwsSSOInlinePolicy",
                    "policyDocument": _policy(_EVERYTHING),
                },
            ),
        ),
        Example(
            "a call to write such a policy is denied",
            api_call(
                "iam",
                "PutUserPolicy",
                iam_user("mallory"),
                request={
                    "userName": "mallory",
                    "policyName": "all",
                    "policyDocument": _policy(_EVERYTHING),
                },
                error="AccessDenied",
            ),
        ),
        Example(
            "an inline policy that allowed everything is deleted",
            api_call(
                "iam",
                "DeleteUserPolicy",
                iam_user("alice"),
                request={"userName": "mallory", "policyName": "all"},
            ),
        ),
    ),
)

"""Who administers the services of the organization, and from which account."""

from detections._conditions import SUCCEEDED, calls
from trailbell import (
    OTHER_ACCOUNT,
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    iam_user,
    identity_center_user,
)

ORGANIZATION_DELEGATION_CHANGES = Detection(
    id="organization-delegation-changes",
    title="Delegated administration, service access or controls of the organization were changed",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls(
                "organizations",
                "RegisterDelegatedAdministrator",
                "DeregisterDelegatedAdministrator",
                "EnableAWSServiceAccess",
                "DisableAWSServiceAccess",
                "PutResourcePolicy",
                "DeleteResourcePolicy",
            ),
            calls("controltower", "DisableControl", "DisableBaseline", "DeleteLandingZone"),
            calls("fms", "DeletePolicy", "DisassociateAdminAccount"),
        ),
        SUCCEEDED,
    ),
    why=(
        "A delegated administrator of StackSets, IAM Identity Center or GuardDuty acts in every "
        "account. Removing one, or a control, can leave all accounts without protection."
    ),
    runbook=(
        "Identify the account and the service (accountId, servicePrincipal), or the control.",
        "If it was not planned: revert it, and disable the caller's credentials.",
        "Review what the delegated account did with the service since then.",
    ),
    false_positives=(
        "Services that are introduced for the organization, usually some days apart. Triggers only "
        "in the management account. Denied calls are not detected."
    ),
    controls=Controls(related_cis_control=15, mitre_attack=("T1098.003", "T1484.002", "T1685")),
    shows=(
        "requestParameters.accountId",
        "requestParameters.servicePrincipal",
        "requestParameters.controlIdentifier",
    ),
    fires=(
        Example(
            "another account becomes delegated administrator of StackSets",
            api_call(
                "organizations",
                "RegisterDelegatedAdministrator",
                iam_user("mallory"),
                request={
                    "accountId": OTHER_ACCOUNT,
                    "servicePrincipal": "member.org.stacksets.cloudformation.amazonaws.com",
                },
            ),
        ),
        Example(
            "CloudTrail's access to the organization is disabled",
            api_call(
                "organizations",
                "DisableAWSServiceAccess",
                identity_center_user("mallory"),
                request={"servicePrincipal": "cloudtrail.amazonaws.com"},
            ),
        ),
        Example(
            "the delegated administrator of GuardDuty is removed",
            api_call(
                "organizations",
                "DeregisterDelegatedAdministrator",
                iam_user("mallory"),
                request={
                    "accountId": OTHER_ACCOUNT,
                    "servicePrincipal": "guardduty.amazonaws.com",
                },
            ),
        ),
        Example(
            "a control of Control Tower is disabled",
            api_call(
                "controltower",
                "DisableControl",
                iam_user("mallory"),
                request={
                    "controlIdentifier": "arn:aws:controltower:us-east-1::control/EXAMPLE",
                    "targetIdentifier": "arn:aws:organizations::111122223333:ou/o-example/ou-ab12",
                },
            ),
        ),
        Example(
            "a policy of Firewall Manager is deleted",
            api_call("fms", "DeletePolicy", iam_user("mallory"), request={"policyId": "a1"}),
        ),
    ),
    silent=(
        Example(
            "a call to register a delegated administrator is denied",
            api_call(
                "organizations",
                "RegisterDelegatedAdministrator",
                iam_user("mallory"),
                error="AccessDenied",
            ),
        ),
        Example(
            "the resource policy of a secret is set",
            api_call("secretsmanager", "PutResourcePolicy", assumed_role_identity("Deployer")),
        ),
        Example(
            "a control of Control Tower is enabled",
            api_call("controltower", "EnableControl", assumed_role_identity("Deployer")),
        ),
        Example(
            "the resource policy of the organization is read",
            api_call("organizations", "DescribeResourcePolicy", iam_user("alice"), read_only=True),
        ),
        Example(
            "an account is invited into the organization",
            api_call(
                "organizations",
                "InviteAccountToOrganization",
                identity_center_user("alice"),
                request={"target": {"id": OTHER_ACCOUNT, "type": "ACCOUNT"}},
            ),
        ),
        Example(
            "delegated administrators are listed",
            api_call(
                "organizations", "ListDelegatedAdministrators", iam_user("alice"), read_only=True
            ),
        ),
    ),
)

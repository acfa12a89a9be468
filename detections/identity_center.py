"""IAM Identity Center: its identity source, and access to accounts."""

from detections._conditions import calls
from trailbell import (
    OTHER_ACCOUNT,
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    api_call,
    assumed_role_identity,
    aws_service,
    field,
    identity_center_user,
)

_INSTANCE_ARN = "arn:aws:sso:::instance/ssoins-0123456789abcdef"

# Only the console makes some of these calls; AWS lists them as actions of the service:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenterdirectory.html
IDENTITY_CENTER_SOURCE_CHANGES = Detection(
    id="identity-center-source-changes",
    title="The identity source, tokens or MFA settings of IAM Identity Center were changed",
    packs=("identity",),
    severity=Severity.HIGH,
    pattern=all_of(
        field("eventSource").one_of("sso.amazonaws.com", "sso-directory.amazonaws.com"),
        field("eventName").one_of(
            "AssociateDirectory",
            "DisassociateDirectory",
            "EnableExternalIdPConfigurationForDirectory",
            "DisableExternalIdPConfigurationForDirectory",
            "ImportExternalIdPCertificate",
            "CreateBearerToken",
            "PutMfaDeviceManagementForDirectory",
            "DeleteMfaDeviceForUser",
            "CreateTrustedTokenIssuer",
            "UpdateTrustedTokenIssuer",
            "UpdateSsoConfiguration",
            "DeleteInstance",
        ),
    ),
    why=(
        "All users of all accounts sign in here. A different directory, an additional certificate "
        "or disabled MFA lets an attacker sign in as any of them."
    ),
    runbook=(
        "Review identity source, certificates, MFA and tokens in IAM Identity Center's settings.",
        "If it was not planned: restore the settings, and revoke all active sessions.",
        "Review sign-ins since then (UserAuthentication), and the accounts they reached.",
    ),
    false_positives=(
        "A change of identity provider, yearly renewals of tokens and certificates, and users with "
        "a new phone. Triggers only in the account that administers IAM Identity Center. Denied "
        "calls are also detected."
    ),
    controls=Controls(mitre_attack=("T1484.002", "T1556.006")),
    fires=(
        Example(
            "an external identity provider is enabled",
            api_call(
                "sso-directory",
                "EnableExternalIdPConfigurationForDirectory",
                identity_center_user("mallory"),
                request={"directoryId": "d-1234567890"},
            ),
        ),
        Example(
            "the MFA device of a user is deleted",
            api_call(
                "sso-directory",
                "DeleteMfaDeviceForUser",
                identity_center_user("mallory"),
                request={"userId": "1234567890-example", "deviceId": "example"},
            ),
        ),
        Example(
            "the MFA settings are changed",
            api_call(
                "sso",
                "PutMfaDeviceManagementForDirectory",
                identity_center_user("mallory"),
                request={"directoryId": "d-1234567890", "instanceArn": _INSTANCE_ARN},
            ),
        ),
    ),
    silent=(
        Example(
            "a user registers an MFA device",
            api_call(
                "sso-directory",
                "CompleteVirtualMfaDeviceRegistration",
                identity_center_user("alice"),
                request={"identityStoreId": "d-1234567890"},
            ),
        ),
        Example(
            "a user is created by directory synchronization",
            api_call(
                "identitystore",
                "CreateUser",
                aws_service("sso.amazonaws.com"),
                request={"identityStoreId": "d-1234567890"},
            ),
        ),
        Example(
            "a directory of another service is created",
            api_call(
                "ds",
                "CreateDirectory",
                assumed_role_identity("Deployer"),
                request={"size": "Small"},
            ),
        ),
    ),
)

IDENTITY_CENTER_ACCESS_CHANGES = Detection(
    id="identity-center-access-changes",
    title="IAM Identity Center assignments or permission sets were changed",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=calls(
        "sso",
        "CreateAccountAssignment",
        "CreatePermissionSet",
        "AttachManagedPolicyToPermissionSet",
        "AttachCustomerManagedPolicyReferenceToPermissionSet",
        "PutInlinePolicyToPermissionSet",
        "PutPermissionsBoundaryToPermissionSet",
        "DeletePermissionsBoundaryFromPermissionSet",
    ),
    why=(
        "An assignment gives a user or group access to an account with a permission set. One call "
        "can create an administrator in every account."
    ),
    runbook=(
        "Identify the user or group, the permission set and the account.",
        "If it was not planned: delete the assignment or policy, and revoke active sessions.",
        "Review what the user did in the account since then.",
    ),
    false_positives=(
        "Access for new colleagues and new accounts. Exclude the role that grants access in your "
        "own process; manual grants are still detected. Adding a user to a group is not detected, "
        "nor is removing access. Denied calls are also detected."
    ),
    controls=Controls(mitre_attack=("T1098.003",)),
    fires=(
        Example(
            "a user is given access to another account",
            api_call(
                "sso",
                "CreateAccountAssignment",
                identity_center_user("mallory"),
                request={
                    "instanceArn": _INSTANCE_ARN,
                    "targetId": OTHER_ACCOUNT,
                    "targetType": "AWS_ACCOUNT",
                    "principalType": "USER",
                    "principalId": "1234567890-example",
                },
            ),
        ),
        Example(
            "a managed policy is attached to a permission set",
            api_call(
                "sso",
                "AttachManagedPolicyToPermissionSet",
                assumed_role_identity("Deployer"),
                request={
                    "instanceArn": _INSTANCE_ARN,
                    "managedPolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "an assignment is deleted",
            api_call(
                "sso",
                "DeleteAccountAssignment",
                identity_center_user("alice"),
                request={"instanceArn": _INSTANCE_ARN, "targetId": OTHER_ACCOUNT},
            ),
        ),
        Example(
            "a user gets credentials for a role in an account",
            api_call(
                "sso",
                "GetRoleCredentials",
                {"type": "Unknown", "principalId": "111122223333", "accountId": "111122223333"},
                read_only=True,
            ),
        ),
        Example(
            "assignments are listed",
            api_call(
                "sso", "ListAccountAssignments", identity_center_user("alice"), read_only=True
            ),
        ),
    ),
)

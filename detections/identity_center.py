"""IAM Identity Center: its identity source, and access to accounts."""

from trailbell import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Controls,
    Detection,
    Example,
    Identity,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    aws_service,
    field,
    identity_center_user,
)

_INSTANCE_ARN = "arn:aws:sso:::instance/ssoins-0123456789abcdef"


def _user_of_the_portal() -> Identity:
    """A user in the access portal: IdentityCenterUser since 2025, Unknown before.

    https://aws.amazon.com/blogs/security/modifications-to-aws-cloudtrail-event-data-of-iam-identity-center/
    """
    return {
        "type": "IdentityCenterUser",
        "accountId": ACCOUNT,
        "onBehalfOf": {"userId": "1234567890-example"},
    }


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
        any_of(
            field("eventName").one_of(
                "AssociateDirectory",
                "DisassociateDirectory",
                "ImportExternalIdPCertificate",
                "CreateBearerToken",
                "PutMfaDeviceManagementForDirectory",
                "DeleteMfaDeviceForUser",
                "CreateTrustedTokenIssuer",
                "UpdateTrustedTokenIssuer",
                "UpdateSsoConfiguration",
                "DeleteInstance",
            ),
            # Create, update, enable, disable and delete
            field("eventName").ends_with("ExternalIdPConfigurationForDirectory"),
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
            "the configuration of the external identity provider is replaced",
            api_call(
                "sso-directory",
                "UpdateExternalIdPConfigurationForDirectory",
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
                _user_of_the_portal(),
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
            "the MFA devices of a user are listed",
            api_call(
                "sso-directory",
                "ListMfaDevicesForUser",
                identity_center_user("alice"),
                request={"userId": "1234567890-example"},
                read_only=True,
            ),
        ),
        Example(
            "the configuration of the identity provider is read",
            api_call(
                "sso-directory",
                "ListExternalIdPConfigurationsForDirectory",
                identity_center_user("alice"),
                request={"directoryId": "d-1234567890"},
                read_only=True,
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

# A user of the access portal can register a device and change a password as well, as oneself.
# The names are on https://docs.aws.amazon.com/singlesignon/latest/userguide/sso-info-in-cloudtrail.html
# Unsure: the name of CreateGroupMembership in records; it is that of the public API. Records of the
# console have AddMemberToGroup: https://github.com/adanalvarez/TrailDiscover
IDENTITY_CENTER_ACCESS_CHANGES = Detection(
    id="identity-center-access-changes",
    title="Access, group members or credentials in IAM Identity Center were changed",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=any_of(
        all_of(
            field("eventSource").equals("sso.amazonaws.com"),
            any_of(
                field("eventName").one_of(
                    "CreateAccountAssignment",
                    "CreateApplicationAssignment",
                    "CreatePermissionSet",
                    "DeletePermissionsBoundaryFromPermissionSet",
                    "CreateInstance",
                ),
                # Attach and put: managed, customer managed and inline policies, and boundaries
                field("eventName").ends_with("ToPermissionSet"),
            ),
        ),
        all_of(
            field("eventSource").one_of(
                "identitystore.amazonaws.com", "sso-directory.amazonaws.com"
            ),
            any_of(
                field("eventName").one_of(
                    "CreateUser", "CreateGroupMembership", "AddMemberToGroup", "UpdatePassword"
                ),
                # StartVirtualMfaDeviceRegistration and StartWebAuthnDeviceRegistration
                field("eventName").starts_with("Start"),
            ),
            field("userIdentity.type").present_and_differs(
                "IdentityCenterUser", "Unknown", "AWSService"
            ),
        ),
    ),
    why=(
        "Assignments and groups decide who has which permissions in which account. One call, such "
        "as a new member of a group, can create an administrator in every account."
    ),
    runbook=(
        "Identify user or group (principalId, groupId, userId), permission set and account.",
        "If it was not planned: revert it, and revoke active sessions of the user.",
        "Review what the user did in all accounts since then.",
    ),
    false_positives=(
        "Access, passwords and MFA devices for new colleagues, and new accounts. Exclude the role "
        "that grants access in your own process; manual grants are still detected. Not detected: "
        "users and groups that your identity provider synchronizes (SCIM), users who change their "
        "own password or MFA device, and removed access. Denied calls are also detected."
    ),
    controls=Controls(mitre_attack=("T1098.003",)),
    shows=(
        "requestParameters.principalId",
        "requestParameters.groupId",
        "requestParameters.memberId.userId",
        "requestParameters.member.memberId",
        "requestParameters.userId",
        "requestParameters.permissionSetArn",
        "requestParameters.targetId",
    ),
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
        Example(
            "a user is added to a group by an API call",
            api_call(
                "identitystore",
                "CreateGroupMembership",
                assumed_role_identity("Developer"),
                request={
                    "identityStoreId": "d-1234567890",
                    "groupId": "1234567890-group",
                    "memberId": {"userId": "1234567890-example"},
                },
            ),
        ),
        Example(
            "a user is added to a group in the console",
            api_call(
                "sso-directory",
                "AddMemberToGroup",
                identity_center_user("mallory"),
                request={
                    "identityStoreId": "d-1234567890",
                    "groupId": "1234567890-group",
                    "member": {"memberId": "1234567890-example"},
                },
            ),
        ),
        Example(
            "an administrator resets the password of a user",
            api_call(
                "sso-directory",
                "UpdatePassword",
                identity_center_user("mallory"),
                request={"userId": "1234567890-example", "passwordMode": "OTP"},
            ),
        ),
        Example(
            "an administrator registers an MFA device for a user",
            api_call(
                "sso-directory",
                "StartVirtualMfaDeviceRegistration",
                identity_center_user("mallory"),
                request={"userId": "1234567890-example"},
            ),
        ),
        Example(
            "a user is created in the console",
            api_call(
                "sso-directory",
                "CreateUser",
                identity_center_user("mallory"),
                request={"identityStoreId": "d-1234567890", "passwordMode": "EMAIL"},
            ),
        ),
        Example(
            "a user is given access to an application",
            api_call(
                "sso",
                "CreateApplicationAssignment",
                identity_center_user("mallory"),
                request={"principalId": "1234567890-example", "principalType": "USER"},
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
            "a user registers an MFA device in the access portal",
            api_call(
                "sso-directory",
                "StartVirtualMfaDeviceRegistration",
                _user_of_the_portal(),
                request={"identityStoreId": "d-1234567890"},
            ),
        ),
        Example(
            "an identity provider synchronizes a user",
            api_call(
                "identitystore-scim",
                "CreateUser",
                {"type": "Unknown", "accountId": ACCOUNT},
                request={"httpBody": {"userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}},
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
            "the groups of a user are read",
            api_call(
                "identitystore",
                "IsMemberInGroups",
                assumed_role_identity("Developer"),
                request={"identityStoreId": "d-1234567890"},
                read_only=True,
            ),
        ),
        Example(
            "assignments are listed",
            api_call(
                "sso", "ListAccountAssignments", identity_center_user("alice"), read_only=True
            ),
        ),
        Example(
            "a user registers an MFA device, as records before 2025 show it",
            api_call(
                "sso-directory",
                "StartWebAuthnDeviceRegistration",
                {"type": "Unknown", "accountId": ACCOUNT, "userName": "alice"},
            ),
        ),
    ),
)

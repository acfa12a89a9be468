"""People of all accounts: IAM Identity Center."""

from detections._conditions import calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, field
from trailbell.samples import (
    OTHER_ACCOUNT,
    api_call,
    aws_service,
    role,
    sso_person,
)

_INSTANCE = "arn:aws:sso:::instance/ssoins-0123456789abcdef"

# Some of these are calls of the console alone; AWS lists them as permissions of the service:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenterdirectory.html
IDENTITY_CENTER_SOURCE_CHANGES = Detection(
    id="identity-center-source-changes",
    title="How IAM Identity Center knows its people was changed: source, tokens or MFA",
    packs=(Pack.IDENTITY,),
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
        "All people of all accounts come through here. Another directory, a second certificate or "
        "MFA switched off lets somebody in as any of them, everywhere."
    ),
    respond=(
        "See in IAM Identity Center's settings: identity source, certificates, MFA, tokens.",
        "If nobody planned it: put back what was there, and end all sessions.",
        "See who signed in since (UserAuthentication), and into which accounts.",
    ),
    false_alarms=(
        "A change of the identity provider, yearly tokens and certificates, and people with a new "
        "phone. Rings only in the account that administers IAM Identity Center."
    ),
    controls=Controls(attack=("T1484.002", "T1556.006")),
    fires=(
        Example(
            "an external identity provider is enabled",
            api_call(
                "sso-directory",
                "EnableExternalIdPConfigurationForDirectory",
                sso_person("mallory"),
                request={"directoryId": "d-1234567890"},
            ),
        ),
        Example(
            "a person's MFA device is removed",
            api_call(
                "sso-directory",
                "DeleteMfaDeviceForUser",
                sso_person("mallory"),
                request={"userId": "1234567890-example", "deviceId": "example"},
            ),
        ),
        Example(
            "the rules for MFA are changed",
            api_call(
                "sso",
                "PutMfaDeviceManagementForDirectory",
                sso_person("mallory"),
                request={"directoryId": "d-1234567890", "instanceArn": _INSTANCE},
            ),
        ),
    ),
    silent=(
        Example(
            "a person registers an MFA device",
            api_call(
                "sso-directory",
                "CompleteVirtualMfaDeviceRegistration",
                sso_person("alice"),
                request={"identityStoreId": "d-1234567890"},
            ),
        ),
        Example(
            "a person is added by the directory that synchronizes",
            api_call(
                "identitystore",
                "CreateUser",
                aws_service("sso.amazonaws.com"),
                request={"identityStoreId": "d-1234567890"},
            ),
        ),
        Example(
            "a directory of another service is made",
            api_call("ds", "CreateDirectory", role("Deployer"), request={"size": "Small"}),
        ),
    ),
)

IDENTITY_CENTER_ACCESS_CHANGES = Detection(
    id="identity-center-access-changes",
    title="Who may enter which account, or with which rights, was changed",
    packs=(Pack.IDENTITY,),
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
        "An assignment lets a person or a group into an account, a permission set says as what. "
        "One call here can be worth a new administrator in every account."
    ),
    respond=(
        "See who was given which permission set in which account.",
        "If nobody planned it: delete the assignment or the policy, and end the sessions.",
        "See what that person did in the account since then.",
    ),
    false_alarms=(
        "Everything that new colleagues and new accounts need. Exclude the role that your own "
        "process of granting uses; what is granted by hand still rings. A person who is added to "
        "a group does not ring, nor does access that is taken away."
    ),
    controls=Controls(attack=("T1098.003",)),
    fires=(
        Example(
            "a person is let into the management account",
            api_call(
                "sso",
                "CreateAccountAssignment",
                sso_person("mallory"),
                request={
                    "instanceArn": _INSTANCE,
                    "targetId": OTHER_ACCOUNT,
                    "targetType": "AWS_ACCOUNT",
                    "principalType": "USER",
                    "principalId": "1234567890-example",
                },
            ),
        ),
        Example(
            "a permission set is given a policy",
            api_call(
                "sso",
                "AttachManagedPolicyToPermissionSet",
                role("Deployer"),
                request={
                    "instanceArn": _INSTANCE,
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
                sso_person("alice"),
                request={"instanceArn": _INSTANCE, "targetId": OTHER_ACCOUNT},
            ),
        ),
        Example(
            "a person takes a role in an account",
            api_call(
                "sso",
                "GetRoleCredentials",
                {"type": "Unknown", "principalId": "111122223333", "accountId": "111122223333"},
                read_only=True,
            ),
        ),
        Example(
            "assignments are listed",
            api_call("sso", "ListAccountAssignments", sso_person("alice"), read_only=True),
        ),
    ),
)

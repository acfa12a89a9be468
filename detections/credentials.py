"""IAM credentials and privileges: created, granted, or protected less."""

from detections._conditions import NOT_BY_IDENTITY_CENTER, SUCCEEDED, calls
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
    service_linked_role,
)

CREDENTIAL_PERSISTENCE = Detection(
    id="credential-persistence",
    title="Credentials or a trust policy that allow persistent access were created or changed",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        calls(
            "iam",
            "CreateUser",
            "CreateAccessKey",
            "CreateLoginProfile",
            "UpdateLoginProfile",
            "AddUserToGroup",
            "UpdateAssumeRolePolicy",
            "SetDefaultPolicyVersion",
            "DeleteRolePermissionsBoundary",
            "DeleteUserPermissionsBoundary",
            "CreateServiceSpecificCredential",
            "ResetServiceSpecificCredential",
            "UploadSSHPublicKey",
            "UploadSigningCertificate",
        ),
        NOT_BY_IDENTITY_CENTER,
        SUCCEEDED,
    ),
    why=(
        "Stolen credentials are eventually revoked; users, keys and trust policies created or "
        "changed with them remain."
    ),
    runbook=(
        "Identify the caller and the target; a key for another user is the worst sign.",
        "If it was not planned: delete or revert it, and disable the caller's credentials.",
        "Review what the user, key or role did since then.",
    ),
    false_positives=(
        "Deployments that change trust policies, and users who rotate their keys. Exclude the "
        "deployment role, or set the severity to low where IAM users are daily work. New roles "
        "(CreateRole) are not detected, because many deployments create them: iam-changes covers "
        "those. Calls of IAM Identity Center and denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1098.001", "T1098.003", "T1136.003")),
    fires=(
        Example(
            "an access key is created for another user",
            api_call(
                "iam",
                "CreateAccessKey",
                iam_user("mallory"),
                request={"userName": "alice"},
                response={"accessKey": {"userName": "alice", "status": "Active"}},
            ),
        ),
        Example(
            "the trust policy of a role is changed",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                identity_center_user("mallory"),
                request={"roleName": "shop", "policyDocument": "{}"},
            ),
        ),
        Example(
            "a user without a password is given one",
            api_call(
                "iam",
                "CreateLoginProfile",
                iam_user("mallory"),
                request={"userName": "backup", "passwordResetRequired": False},
            ),
        ),
        Example(
            "a user is added to a group",
            api_call(
                "iam",
                "AddUserToGroup",
                iam_user("mallory"),
                request={"userName": "mallory", "groupName": "admins"},
            ),
        ),
        Example(
            "an older version of a policy becomes the default",
            api_call(
                "iam",
                "SetDefaultPolicyVersion",
                iam_user("mallory"),
                request={"policyArn": "arn:aws:iam::111122223333:policy/shop", "versionId": "v1"},
            ),
        ),
        Example(
            "a password for a service is created for another user",
            api_call(
                "iam",
                "CreateServiceSpecificCredential",
                iam_user("mallory"),
                request={"userName": "ci", "serviceName": "codecommit.amazonaws.com"},
            ),
        ),
    ),
    silent=(
        Example(
            "a call to create an access key is denied",
            api_call("iam", "CreateAccessKey", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a user changes their own password",
            api_call("iam", "ChangePassword", iam_user("alice", mfa=True)),
        ),
        Example(
            "IAM Identity Center updates the trust policy of a role that it provisioned",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                service_linked_role("AWSServiceRoleForSSO", "sso"),
                request={"roleName": "AWSReservedSSO_ReadOnly_0123456789abcdef"},
            ),
        ),
        Example(
            "an access key is deleted",
            api_call("iam", "DeleteAccessKey", iam_user("alice"), request={"userName": "alice"}),
        ),
        Example(
            "a role is created, as in many deployments",
            api_call(
                "iam", "CreateRole", assumed_role_identity("Deployer"), request={"roleName": "shop"}
            ),
        ),
        Example(
            "a user of another service is created",
            api_call(
                "transfer",
                "CreateUser",
                assumed_role_identity("Deployer"),
                request={"userName": "bob"},
            ),
        ),
    ),
)

ADMINISTRATOR_ACCESS_GIVEN = Detection(
    id="administrator-access-given",
    title="An administrator-level policy was attached",
    packs=("identity",),
    severity=Severity.HIGH,
    pattern=all_of(
        calls("iam", "AttachUserPolicy", "AttachRolePolicy", "AttachGroupPolicy"),
        any_of(
            field("requestParameters.policyArn").ends_with(":aws:policy/AdministratorAccess"),
            field("requestParameters.policyArn").ends_with(":aws:policy/IAMFullAccess"),
            field("requestParameters.policyArn").ends_with(":aws:policy/PowerUserAccess"),
        ),
        field("requestParameters.roleName").does_not_start_with("AWSReservedSSO_"),
        SUCCEEDED,
    ),
    why=(
        "AdministratorAccess grants everything, IAMFullAccess leads to it, and PowerUserAccess "
        "grants everything except IAM. This is a usual first step of privilege escalation."
    ),
    runbook=(
        "Identify the user, group or role, and who can use it.",
        "If it was not planned: detach the policy, and disable the caller's credentials.",
        "Review what was done with the new permissions since then.",
    ),
    false_positives=(
        "New accounts that are given a deployment role. Not detected: permission sets, which "
        "identity-center-access-changes covers, and your own policies that allow every action, "
        "which administrator-policy-written covers. Denied calls are not detected."
    ),
    controls=Controls(related_cis_control=4, mitre_attack=("T1098.003",)),
    fires=(
        Example(
            "AdministratorAccess is attached to a new user",
            api_call(
                "iam",
                "AttachUserPolicy",
                iam_user("mallory"),
                request={
                    "userName": "backup",
                    "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
                },
            ),
        ),
        Example(
            "IAMFullAccess is attached to a role",
            api_call(
                "iam",
                "AttachRolePolicy",
                assumed_role_identity("Deployer"),
                request={
                    "roleName": "ci",
                    "policyArn": "arn:aws:iam::aws:policy/IAMFullAccess",
                },
            ),
        ),
        Example(
            "PowerUserAccess is attached to a group",
            api_call(
                "iam",
                "AttachGroupPolicy",
                identity_center_user("mallory"),
                request={
                    "groupName": "helpers",
                    "policyArn": "arn:aws:iam::aws:policy/PowerUserAccess",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "IAM Identity Center provisions a permission set",
            api_call(
                "iam",
                "AttachRolePolicy",
                service_linked_role("AWSServiceRoleForSSO", "sso"),
                request={
                    "roleName": "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
                    "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
                },
            ),
        ),
        Example(
            "a customer managed policy of the same name is attached",
            api_call(
                "iam",
                "AttachRolePolicy",
                assumed_role_identity("Deployer"),
                request={
                    "roleName": "ci",
                    "policyArn": "arn:aws:iam::111122223333:policy/AdministratorAccess",
                },
            ),
        ),
        Example(
            "an inline policy allows a user every action; administrator-policy-written covers it",
            api_call(
                "iam",
                "PutUserPolicy",
                iam_user("mallory"),
                request={
                    "userName": "backup",
                    "policyName": "all",
                    "policyDocument": (
                        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
                    ),
                },
            ),
        ),
        Example(
            "a call to attach an administrator policy is denied",
            api_call("iam", "AttachUserPolicy", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "ReadOnlyAccess is attached to a role",
            api_call(
                "iam",
                "AttachRolePolicy",
                assumed_role_identity("Deployer"),
                request={
                    "roleName": "ci",
                    "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
                },
            ),
        ),
    ),
)

MFA_DEVICE_REMOVED = Detection(
    id="mfa-device-removed",
    title="An MFA device was deactivated or deleted",
    packs=("identity",),
    severity=Severity.HIGH,
    pattern=all_of(calls("iam", "DeactivateMFADevice", "DeleteVirtualMFADevice"), SUCCEEDED),
    why=(
        "Without MFA, the password alone is enough to sign in. After taking over a user, an "
        "attacker removes the MFA device and registers another."
    ),
    runbook=(
        "Ask the user about the change, but not by e-mail.",
        (
            "If it was not the user: disable the password and access keys of the user and of the "
            "caller."
        ),
        "Identify the device that was registered afterwards (EnableMFADevice), and remove it.",
    ),
    false_positives=(
        "Users with a new phone, users who are deleted, and a setup that is canceled. All are "
        "rare; where they are not, exclude the help desk role. Denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1556.006",)),
    fires=(
        Example(
            "the MFA device of another user is deactivated",
            api_call(
                "iam",
                "DeactivateMFADevice",
                iam_user("mallory"),
                request={
                    "userName": "alice",
                    "serialNumber": "arn:aws:iam::111122223333:mfa/alice",
                },
            ),
        ),
        Example(
            "a virtual MFA device is deleted",
            api_call(
                "iam",
                "DeleteVirtualMFADevice",
                identity_center_user("mallory"),
                request={"serialNumber": "arn:aws:iam::111122223333:mfa/alice"},
            ),
        ),
        Example(
            "an IAM user deactivates their own MFA device",
            api_call(
                "iam",
                "DeactivateMFADevice",
                iam_user("alice", mfa=True),
                request={
                    "userName": "alice",
                    "serialNumber": "arn:aws:iam::111122223333:mfa/alice",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a call to deactivate an MFA device is denied",
            api_call("iam", "DeactivateMFADevice", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "an MFA device is registered",
            api_call(
                "iam",
                "EnableMFADevice",
                iam_user("alice"),
                request={
                    "userName": "alice",
                    "serialNumber": "arn:aws:iam::111122223333:mfa/alice",
                },
            ),
        ),
        Example(
            "MFA devices are listed",
            api_call("iam", "ListMFADevices", iam_user("alice"), read_only=True),
        ),
        Example(
            "an MFA device is synchronized again",
            api_call("iam", "ResyncMFADevice", iam_user("alice"), request={"userName": "alice"}),
        ),
        Example(
            "a virtual MFA device is created",
            api_call(
                "iam",
                "CreateVirtualMFADevice",
                iam_user("alice"),
                request={"virtualMFADeviceName": "alice"},
            ),
        ),
    ),
)

PASSWORD_POLICY_CHANGES = Detection(
    id="password-policy-changes",
    title="The IAM password policy was changed or deleted",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=calls("iam", "UpdateAccountPasswordPolicy", "DeleteAccountPasswordPolicy"),
    why=(
        "The policy sets the length, age and reuse of the passwords of IAM users. Attackers weaken "
        "it before they set or guess passwords."
    ),
    runbook=(
        "Compare the new policy with yours; settings that an update leaves out return to defaults.",
        "If it was not planned: restore the policy, and disable the caller's credentials.",
        "Review passwords changed since then (ChangePassword, UpdateLoginProfile).",
    ),
    false_positives=(
        "The stack or account factory that sets the policy: exclude its role if it does so each "
        "time. A stronger policy and denied calls are also detected."
    ),
    controls=Controls(mitre_attack=("T1556",)),
    fires=(
        Example(
            "shorter passwords are allowed",
            api_call(
                "iam",
                "UpdateAccountPasswordPolicy",
                iam_user("mallory"),
                request={"minimumPasswordLength": 6, "requireSymbols": False},
            ),
        ),
        Example(
            "the password policy is deleted",
            api_call("iam", "DeleteAccountPasswordPolicy", identity_center_user("mallory")),
        ),
        Example(
            "a call to delete the password policy is denied",
            api_call(
                "iam", "DeleteAccountPasswordPolicy", iam_user("mallory"), error="AccessDenied"
            ),
        ),
    ),
    silent=(
        Example(
            "the password policy of a Cognito user pool is changed",
            api_call("cognito-idp", "UpdateUserPool", assumed_role_identity("Deployer")),
        ),
        Example(
            "a user changes their own password",
            api_call("iam", "ChangePassword", iam_user("alice", mfa=True)),
        ),
        Example(
            "the password policy is read",
            api_call("iam", "GetAccountPasswordPolicy", iam_user("alice"), read_only=True),
        ),
        Example(
            "a user is given a password",
            api_call("iam", "CreateLoginProfile", iam_user("alice"), request={"userName": "bob"}),
        ),
        Example(
            "the alias of the account is deleted",
            api_call(
                "iam", "DeleteAccountAlias", iam_user("alice"), request={"accountAlias": "shop"}
            ),
        ),
    ),
)

"""Ways to stay: new credentials, and weaker ones."""

from detections._conditions import SUCCEEDED, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import api_call, iam_user, role, sso_person

_POLICY = "arn:aws:iam::111122223333:policy/shop"

CREDENTIAL_PERSISTENCE = Detection(
    id="credential-persistence",
    title="Somebody made a new way to come back, or widened one",
    packs=(Pack.IDENTITY,),
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
        SUCCEEDED,
    ),
    why=(
        "Stolen credentials are found and locked; a user, a key or a trust policy changed with "
        "them stays. Few of these calls belong to daily work where people come from one "
        "directory."
    ),
    respond=(
        "Ask who made it, and for whom; a key for another user is the worst sign.",
        "If nobody planned it: delete what was made, then disable who made it.",
        "See what the new user, key or role has done since.",
    ),
    false_alarms=(
        "Deployments that change trust policies, and users who rotate their keys. Exclude the "
        "roles that deploy, or give this the severity low where IAM users are daily work. New "
        "roles (CreateRole) do not ring, because every deployment makes some: iam-changes tells "
        "of those."
    ),
    controls=Controls(attack=("T1098.001", "T1098.003", "T1136.003")),
    fires=(
        Example(
            "an access key is made for another user",
            api_call(
                "iam",
                "CreateAccessKey",
                iam_user("mallory"),
                request={"userName": "alice"},
                response={"accessKey": {"userName": "alice", "status": "Active"}},
            ),
        ),
        Example(
            "a role may now be taken by another account",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                sso_person("mallory"),
                request={"roleName": "shop", "policyDocument": "{}"},
            ),
        ),
        Example(
            "a user without one is given a password",
            api_call(
                "iam",
                "CreateLoginProfile",
                iam_user("mallory"),
                request={"userName": "backup", "passwordResetRequired": False},
            ),
        ),
    ),
    silent=(
        Example(
            "an access key is asked for and refused",
            api_call("iam", "CreateAccessKey", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a user changes the own password",
            api_call("iam", "ChangePassword", iam_user("alice", mfa=True)),
        ),
        Example(
            "an access key is deleted",
            api_call("iam", "DeleteAccessKey", iam_user("alice"), request={"userName": "alice"}),
        ),
        Example(
            "a role is made, which every deployment does",
            api_call("iam", "CreateRole", role("Deployer"), request={"roleName": "shop"}),
        ),
        Example(
            "a user of another service is made",
            api_call("transfer", "CreateUser", role("Deployer"), request={"userName": "bob"}),
        ),
    ),
)

ADMINISTRATOR_ACCESS_GIVEN = Detection(
    id="administrator-access-given",
    title="Somebody was made administrator, or nearly",
    packs=(Pack.IDENTITY,),
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
        "AdministratorAccess is everything, IAMFullAccess leads to it, and PowerUserAccess is "
        "everything but IAM. Who came in with little takes this step first."
    ),
    respond=(
        "See which user, group or role it was, and who may use that.",
        "If nobody planned it: detach the policy, and disable who attached it.",
        "See what was done with the new rights since.",
    ),
    false_alarms=(
        "New accounts that are given a role for deployments. Permission sets do not ring, "
        "identity-center-access-changes tells of those. Nor does a policy of your own that allows "
        "every action, attached or put inline (PutUserPolicy, PutRolePolicy, PutGroupPolicy): "
        "iam-changes tells of those."
    ),
    controls=Controls(relates_to=4, attack=("T1098.003",)),
    fires=(
        Example(
            "a new user is made administrator",
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
            "a role is given all of IAM",
            api_call(
                "iam",
                "AttachRolePolicy",
                role("Deployer"),
                request={
                    "roleName": "ci",
                    "policyArn": "arn:aws:iam::aws:policy/IAMFullAccess",
                },
            ),
        ),
        Example(
            "a group may do everything but IAM",
            api_call(
                "iam",
                "AttachGroupPolicy",
                sso_person("mallory"),
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
                role("AWSServiceRoleForSSO", "AWS-SSO", invoked_by="sso.amazonaws.com"),
                request={
                    "roleName": "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
                    "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
                },
            ),
        ),
        Example(
            "a policy of the account with that name is attached",
            api_call(
                "iam",
                "AttachRolePolicy",
                role("Deployer"),
                request={
                    "roleName": "ci",
                    "policyArn": "arn:aws:iam::111122223333:policy/AdministratorAccess",
                },
            ),
        ),
        Example(
            "a user is allowed every action by a policy of its own, which iam-changes sees",
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
            "somebody is made administrator, which was refused",
            api_call("iam", "AttachUserPolicy", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a role may read",
            api_call(
                "iam",
                "AttachRolePolicy",
                role("Deployer"),
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
    title="An MFA device was taken from a user, or deleted",
    packs=(Pack.IDENTITY,),
    severity=Severity.HIGH,
    pattern=all_of(calls("iam", "DeactivateMFADevice", "DeleteVirtualMFADevice"), SUCCEEDED),
    why=(
        "Without its MFA device a user signs in with the password alone. Whoever has taken over "
        "the account removes the device, and puts an own one in its place."
    ),
    respond=(
        "Ask the user whether it was them, by another way than e-mail.",
        "If not: disable the password and the keys of the user, and of who removed the device.",
        "See which device was registered afterwards (EnableMFADevice), and remove it.",
    ),
    false_alarms=(
        "People with a new phone, users who are deleted, and a set-up that is broken off. All are "
        "rare; where they are not, exclude the role of the help desk."
    ),
    controls=Controls(attack=("T1556.006",)),
    fires=(
        Example(
            "a device is taken from another user",
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
            "a virtual device is deleted",
            api_call(
                "iam",
                "DeleteVirtualMFADevice",
                sso_person("mallory"),
                request={"serialNumber": "arn:aws:iam::111122223333:mfa/alice"},
            ),
        ),
    ),
    silent=(
        Example(
            "a device is taken away, which was refused",
            api_call("iam", "DeactivateMFADevice", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a device is registered",
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
            "devices are listed",
            api_call("iam", "ListMFADevices", iam_user("alice"), read_only=True),
        ),
    ),
)

PASSWORD_POLICY_CHANGES = Detection(
    id="password-policy-changes",
    title="The password policy of the account was changed or deleted",
    packs=(Pack.IDENTITY,),
    severity=Severity.MEDIUM,
    pattern=calls("iam", "UpdateAccountPasswordPolicy", "DeleteAccountPasswordPolicy"),
    why=(
        "The policy says how long the passwords of IAM users are and how often old ones come "
        "back. A weaker one is made before many passwords are guessed or set."
    ),
    respond=(
        "Compare the new policy with yours; what a change does not name falls back to a default.",
        "If nobody planned it: set it again, and disable who changed it.",
        "See which passwords were changed since (ChangePassword, UpdateLoginProfile).",
    ),
    false_alarms=(
        "The stack or the account factory that sets the policy. Exclude its role if it does so "
        "each time. A stronger policy rings as well, and so do attempts that are refused."
    ),
    controls=Controls(attack=("T1556",)),
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
            "the policy is deleted",
            api_call("iam", "DeleteAccountPasswordPolicy", sso_person("mallory")),
        ),
    ),
    silent=(
        Example(
            "the password policy of a user pool is changed, which is another thing",
            api_call("cognito-idp", "UpdateUserPool", role("Deployer")),
        ),
        Example(
            "a user changes the own password",
            api_call("iam", "ChangePassword", iam_user("alice", mfa=True)),
        ),
        Example(
            "the policy is read",
            api_call("iam", "GetAccountPasswordPolicy", iam_user("alice"), read_only=True),
        ),
    ),
)

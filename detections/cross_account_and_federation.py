"""Access from outside the account: identity providers, roles in member accounts, tokens."""

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
    assume_role_request,
    assumed_role_identity,
    aws_service,
    cross_account_caller,
    federated_user,
    field,
    iam_user,
    identity_center_user,
)

_SAML_PROVIDER_ARN = "arn:aws:iam::111122223333:saml-provider/corporate"

IDENTITY_PROVIDER_CHANGES = Detection(
    id="identity-provider-changes",
    title="An identity provider or trust anchor was created or changed",
    packs=("identity",),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            calls(
                "iam",
                "CreateSAMLProvider",
                "UpdateSAMLProvider",
                "CreateOpenIDConnectProvider",
                "AddClientIDToOpenIDConnectProvider",
                "UpdateOpenIDConnectProviderThumbprint",
            ),
            calls(
                "rolesanywhere",
                "CreateTrustAnchor",
                "UpdateTrustAnchor",
                "EnableTrustAnchor",
                "CreateProfile",
                "UpdateProfile",
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "An identity provider or trust anchor gives access to every role that trusts it. A new one "
        "lets its owner in without an IAM user or key in this account."
    ),
    runbook=(
        "Identify the owner of the provider or certificate.",
        "If it was not planned: delete or disable it, and disable the caller's credentials.",
        (
            "Review AssumeRoleWithSAML, AssumeRoleWithWebIdentity and rolesanywhere CreateSession "
            "calls."
        ),
    ),
    false_positives=(
        "Each new EKS cluster can add an OpenID Connect provider, and SAML certificates are "
        "renewed about once a year. Exclude the role that creates clusters. A deleted provider is "
        "not detected, nor are denied calls."
    ),
    controls=Controls(mitre_attack=("T1484.002",)),
    fires=(
        Example(
            "an OpenID Connect provider is created",
            api_call(
                "iam",
                "CreateOpenIDConnectProvider",
                iam_user("mallory"),
                request={"url": "https://id.example.com", "clientIDList": ["sts.amazonaws.com"]},
            ),
        ),
        Example(
            "a trust anchor is created",
            api_call(
                "rolesanywhere",
                "CreateTrustAnchor",
                identity_center_user("mallory"),
                request={
                    "name": "build",
                    "enabled": True,
                    "source": {"sourceType": "CERTIFICATE_BUNDLE"},
                },
            ),
        ),
        Example(
            "the metadata of a SAML provider is replaced",
            api_call(
                "iam",
                "UpdateSAMLProvider",
                assumed_role_identity("Deployer"),
                request={"sAMLProviderArn": _SAML_PROVIDER_ARN},
            ),
        ),
    ),
    silent=(
        Example(
            "a call to create a SAML provider is denied",
            api_call("iam", "CreateSAMLProvider", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a profile of another service is created",
            api_call(
                "route53profiles",
                "CreateProfile",
                assumed_role_identity("Deployer"),
                request={"name": "x"},
            ),
        ),
        Example(
            "SAML providers are listed",
            api_call("iam", "ListSAMLProviders", iam_user("alice"), read_only=True),
        ),
    ),
)

ASSUME_ROOT = Detection(
    id="assume-root",
    title="Root access to a member account was used or enabled",
    packs=("identity",),
    severity=Severity.HIGH,
    pattern=any_of(
        calls("sts", "AssumeRoot"),
        calls(
            "iam",
            "EnableOrganizationsRootSessions",
            "EnableOrganizationsRootCredentialsManagement",
        ),
    ),
    why=(
        "Central root access lets the management account act as the root user of any member: "
        "unlock buckets and queues, create or delete root credentials. It is for emergencies."
    ),
    runbook=(
        "Identify the member account (targetPrincipal) and the task (taskPolicyArn).",
        (
            "If it was not planned: disable the caller's credentials, and review calls in that "
            "account."
        ),
        "Check that account for changed bucket or queue policies and new root credentials.",
    ),
    false_positives=(
        "Planned repairs of locked buckets, and the cleanup of root credentials when central root "
        "access is introduced. Denied calls are detected as well, by design."
    ),
    controls=Controls(related_cis_control=3, mitre_attack=("T1078.004", "T1548.005")),
    fires=(
        Example(
            "root access to a member account is used to unlock a bucket",
            api_call(
                "sts",
                "AssumeRoot",
                identity_center_user("mallory"),
                request={
                    "targetPrincipal": OTHER_ACCOUNT,
                    "taskPolicyArn": {
                        "arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
                    },
                },
            ),
        ),
        Example(
            "root sessions are enabled",
            api_call("iam", "EnableOrganizationsRootSessions", iam_user("mallory")),
        ),
    ),
    silent=(
        Example(
            "a role is assumed",
            api_call(
                "sts",
                "AssumeRole",
                identity_center_user("alice"),
                request=assume_role_request("Deployer"),
                read_only=True,
            ),
        ),
        Example(
            "root sessions are disabled",
            api_call("iam", "DisableOrganizationsRootSessions", identity_center_user("alice")),
        ),
        Example(
            "the root access features are listed",
            api_call("iam", "ListOrganizationsFeatures", iam_user("alice"), read_only=True),
        ),
    ),
)

ORGANIZATION_ROLE_USE = Detection(
    id="organization-role-use",
    title="The role OrganizationAccountAccessRole was assumed",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        calls("sts", "AssumeRole"),
        field("requestParameters.roleArn").ends_with(":role/OrganizationAccountAccessRole"),
        SUCCEEDED,
    ),
    why=(
        "This administrator role exists in every account that Organizations created. By default, "
        "it trusts the whole management account."
    ),
    runbook=(
        "Identify the caller in the management account's event for the same call.",
        (
            "If it was not planned: revoke active sessions of the role, disable the caller's "
            "credentials."
        ),
        "Restrict the role's trust policy to one user or pipeline, or delete the role.",
    ),
    false_positives=(
        "Pipelines that set up new accounts with it. Exclude their role in the management account. "
        "In the member account, the event does not name the caller, so set the severity to low "
        "there. If the role was given another name, it is not detected."
    ),
    controls=Controls(mitre_attack=("T1078.004",)),
    fires=(
        Example(
            "the role in a member account is assumed from the management account",
            api_call(
                "sts",
                "AssumeRole",
                cross_account_caller("mallory"),
                request=assume_role_request("OrganizationAccountAccessRole"),
                read_only=True,
            ),
        ),
        Example(
            "in the management account, a user assumes the role in a member account",
            api_call(
                "sts",
                "AssumeRole",
                iam_user("mallory"),
                request=assume_role_request("OrganizationAccountAccessRole", account=OTHER_ACCOUNT),
                read_only=True,
            ),
        ),
    ),
    silent=(
        Example(
            "a call to assume the role is denied",
            api_call(
                "sts", "AssumeRole", iam_user("mallory"), read_only=True, error="AccessDenied"
            ),
        ),
        Example(
            "Control Tower assumes its own role",
            api_call(
                "sts",
                "AssumeRole",
                aws_service("controltower.amazonaws.com"),
                request=assume_role_request("AWSControlTowerExecution"),
                read_only=True,
            ),
        ),
        Example(
            "a role with a longer name is assumed",
            api_call(
                "sts",
                "AssumeRole",
                identity_center_user("alice"),
                request=assume_role_request("OrganizationAccountAccessRoleReadOnly"),
                read_only=True,
            ),
        ),
    ),
)

FEDERATION_TOKEN_MADE = Detection(
    id="federation-token-made",
    title="A federation token was created",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=all_of(calls("sts", "GetFederationToken"), SUCCEEDED),
    why=(
        "GetFederationToken returns credentials that stay valid for up to 36 hours, in the console "
        "too, even after the access key is disabled. Few applications still need it."
    ),
    runbook=(
        "Ask the user whether one of their applications makes this call.",
        "If not: attach a policy that denies everything to older sessions (aws:TokenIssueTime).",
        "Disable the access key, and review calls with userIdentity.type FederatedUser since then.",
    ),
    false_positives=(
        "Older applications that sign users in to the console by a link. Exclude their IAM user by "
        "ARN, or replace it with a role. Denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1550.001", "T1098.001")),
    fires=(
        Example(
            "an IAM user creates a token that is valid for 36 hours",
            api_call(
                "sts",
                "GetFederationToken",
                iam_user("mallory"),
                request={"name": "console", "policy": "{}", "durationSeconds": 129600},
            ),
        ),
        Example(
            "an IAM user creates a token without a policy",
            api_call("sts", "GetFederationToken", iam_user("ci"), request={"name": "broker"}),
        ),
    ),
    silent=(
        Example(
            "a call to create a token is denied",
            api_call("sts", "GetFederationToken", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "an IAM user starts a session with MFA",
            api_call(
                "sts",
                "GetSessionToken",
                iam_user("alice"),
                request={"serialNumber": "arn:aws:iam::111122223333:mfa/alice"},
                read_only=True,
            ),
        ),
        Example(
            "a federated user makes a call with such a token",
            api_call("sts", "GetCallerIdentity", federated_user("console"), read_only=True),
        ),
    ),
)

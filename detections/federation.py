"""Who vouches for people: identity providers, trust between accounts, tokens."""

from detections._conditions import SUCCEEDED, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import (
    OTHER_ACCOUNT,
    api_call,
    assumed_role,
    aws_service,
    federated_user,
    iam_user,
    other_account,
    role,
    sso_person,
)

_PROVIDER = "arn:aws:iam::111122223333:saml-provider/corporate"

IDENTITY_PROVIDER_CHANGES = Detection(
    id="identity-provider-changes",
    title="Whom the account trusts to vouch for people or programs was changed",
    packs=(Pack.IDENTITY,),
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
        "An identity provider or a trust anchor signs for whoever it likes. A new one lets its "
        "owner in as any role that trusts it, without a user or a key in this account."
    ),
    respond=(
        "See whose provider or certificate it is.",
        "If nobody planned it: delete or disable it, then disable who made it.",
        "Look for AssumeRoleWithSAML, AssumeRoleWithWebIdentity and rolesanywhere CreateSession.",
    ),
    false_alarms=(
        "Clusters of EKS make an OpenID Connect provider each, and certificates of SAML are "
        "renewed about once a year. Exclude the role that makes clusters. A provider that is "
        "deleted does not ring."
    ),
    controls=Controls(attack=("T1484.002",)),
    fires=(
        Example(
            "an OpenID Connect provider is made",
            api_call(
                "iam",
                "CreateOpenIDConnectProvider",
                iam_user("mallory"),
                request={"url": "https://id.example.com", "clientIDList": ["sts.amazonaws.com"]},
            ),
        ),
        Example(
            "a trust anchor is made",
            api_call(
                "rolesanywhere",
                "CreateTrustAnchor",
                sso_person("mallory"),
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
                role("Deployer"),
                request={"sAMLProviderArn": _PROVIDER},
            ),
        ),
    ),
    silent=(
        Example(
            "a provider is asked for and refused",
            api_call("iam", "CreateSAMLProvider", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a profile of another service is made",
            api_call("route53profiles", "CreateProfile", role("Deployer"), request={"name": "x"}),
        ),
        Example(
            "providers are listed",
            api_call("iam", "ListSAMLProviders", iam_user("alice"), read_only=True),
        ),
    ),
)

ASSUME_ROOT = Detection(
    id="assume-root",
    title="Root rights in a member account were taken or made possible",
    packs=(Pack.IDENTITY,),
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
        "unlock buckets and queues, make or delete root credentials. It is for emergencies."
    ),
    respond=(
        "See whose root rights were taken for which task: targetPrincipal and taskPolicyArn.",
        "If nobody planned it: disable who called, and look at what was done in that account.",
        "See there for changed bucket or queue policies and new root credentials.",
    ),
    false_alarms=(
        "Planned repairs of locked buckets, and the clean-up of root credentials when central "
        "root access is introduced. Attempts that are refused ring as well, on purpose."
    ),
    controls=Controls(relates_to=3, attack=("T1078.004", "T1548.005")),
    fires=(
        Example(
            "somebody takes root rights to unlock a bucket",
            api_call(
                "sts",
                "AssumeRoot",
                sso_person("mallory"),
                request={
                    "targetPrincipal": OTHER_ACCOUNT,
                    "taskPolicyArn": {
                        "arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
                    },
                },
            ),
        ),
        Example(
            "root sessions are switched on",
            api_call("iam", "EnableOrganizationsRootSessions", iam_user("mallory")),
        ),
    ),
    silent=(
        Example(
            "a role is taken",
            api_call(
                "sts",
                "AssumeRole",
                sso_person("alice"),
                request=assumed_role("Deployer"),
                read_only=True,
            ),
        ),
        Example(
            "root sessions are switched off",
            api_call("iam", "DisableOrganizationsRootSessions", sso_person("alice")),
        ),
        Example(
            "the features are listed",
            api_call("iam", "ListOrganizationsFeatures", iam_user("alice"), read_only=True),
        ),
    ),
)

ORGANIZATION_ROLE_USE = Detection(
    id="organization-role-use",
    title="Somebody entered an account as OrganizationAccountAccessRole",
    packs=(Pack.IDENTITY,),
    severity=Severity.MEDIUM,
    pattern=all_of(
        calls("sts", "AssumeRole"),
        field("requestParameters.roleArn").ends_with(":role/OrganizationAccountAccessRole"),
        SUCCEEDED,
    ),
    why=(
        "Accounts that Organizations made have this role: administrator, open to the whole "
        "management account. Who owns that account owns all others by it."
    ),
    respond=(
        "See who took the role, in the management account's record of the same call.",
        "If nobody planned it: end the role's sessions, and disable who took it.",
        "Narrow the role's trust policy to one person or one pipeline, or delete the role.",
    ),
    false_alarms=(
        "Pipelines that set up new accounts with it. Exclude their role in the management "
        "account; in the member account the caller has no name, so give it the severity low "
        "there. Where the role was given another name this is silent."
    ),
    controls=Controls(attack=("T1078.004",)),
    fires=(
        Example(
            "a member account is entered from the management account",
            api_call(
                "sts",
                "AssumeRole",
                other_account("mallory"),
                request=assumed_role("OrganizationAccountAccessRole"),
                read_only=True,
            ),
        ),
        Example(
            "in the management account, somebody enters a member account",
            api_call(
                "sts",
                "AssumeRole",
                iam_user("mallory"),
                request=assumed_role("OrganizationAccountAccessRole", account=OTHER_ACCOUNT),
                read_only=True,
            ),
        ),
    ),
    silent=(
        Example(
            "the role is asked for and refused",
            api_call(
                "sts", "AssumeRole", iam_user("mallory"), read_only=True, error="AccessDenied"
            ),
        ),
        Example(
            "Control Tower enters with its own role",
            api_call(
                "sts",
                "AssumeRole",
                aws_service("controltower.amazonaws.com"),
                request=assumed_role("AWSControlTowerExecution"),
                read_only=True,
            ),
        ),
        Example(
            "a role with a longer name is taken",
            api_call(
                "sts",
                "AssumeRole",
                sso_person("alice"),
                request=assumed_role("OrganizationAccountAccessRoleReadOnly"),
                read_only=True,
            ),
        ),
    ),
)

FEDERATION_TOKEN_MADE = Detection(
    id="federation-token-made",
    title="A user made credentials that outlive its access key",
    packs=(Pack.IDENTITY,),
    severity=Severity.MEDIUM,
    pattern=all_of(calls("sts", "GetFederationToken"), SUCCEEDED),
    why=(
        "GetFederationToken makes credentials that work for up to 36 hours, in the console too, "
        "after the key that made them is disabled. Hardly any program needs it today."
    ),
    respond=(
        "Ask the user whether a program of theirs does this.",
        "If not: deny everything to sessions older than now (aws:TokenIssueTime) by a policy.",
        "Look for calls of userIdentity.type FederatedUser since, and disable the access key.",
    ),
    false_alarms=(
        "Old brokers that sign people in to the console by a link. Exclude their user by its ARN, "
        "or let them take a role instead."
    ),
    controls=Controls(attack=("T1550.001", "T1098.001")),
    fires=(
        Example(
            "a user makes credentials with every right it has",
            api_call(
                "sts",
                "GetFederationToken",
                iam_user("mallory"),
                request={"name": "console", "policy": "{}", "durationSeconds": 129600},
            ),
        ),
        Example(
            "a user makes credentials without a policy",
            api_call("sts", "GetFederationToken", iam_user("ci"), request={"name": "broker"}),
        ),
    ),
    silent=(
        Example(
            "a token is asked for and refused",
            api_call("sts", "GetFederationToken", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a user opens a session with MFA",
            api_call(
                "sts",
                "GetSessionToken",
                iam_user("alice"),
                request={"serialNumber": "arn:aws:iam::111122223333:mfa/alice"},
                read_only=True,
            ),
        ),
        Example(
            "somebody with such credentials asks who they are",
            api_call("sts", "GetCallerIdentity", federated_user("console"), read_only=True),
        ),
    ),
)

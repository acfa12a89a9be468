"""Access from outside the account: identity providers, and tokens for federation."""

from detections._conditions import CALLED_DIRECTLY, NOT_BY_IDENTITY_CENTER, SUCCEEDED, calls
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assume_role_request,
    assumed_role_identity,
    federated_user,
    field,
    iam_user,
    identity_center_user,
    service_linked_role,
)

_SAML_PROVIDER_ARN = "arn:aws:iam::111122223333:saml-provider/corporate"

IDENTITY_PROVIDER_CHANGES = Detection(
    id="identity-provider-changes",
    title="An identity provider or trust anchor was created or changed",
    packs=("identity",),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("iam.amazonaws.com"),
                any_of(
                    field("eventName").one_of(
                        "CreateSAMLProvider", "UpdateSAMLProvider", "CreateOpenIDConnectProvider"
                    ),
                    # AddClientIDToOpenIDConnectProvider, UpdateOpenIDConnectProviderThumbprint
                    field("eventName").starts_with("AddClientID"),
                    field("eventName").starts_with("UpdateOpenIDConnect"),
                ),
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
        NOT_BY_IDENTITY_CENTER,
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
        "renewed about once a year. Exclude the role that creates clusters. The provider that IAM "
        "Identity Center creates in each account with its service-linked role is not detected, "
        "nor are a deleted provider and denied calls."
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
            "a client ID is added to an OpenID Connect provider",
            api_call(
                "iam",
                "AddClientIDToOpenIDConnectProvider",
                iam_user("mallory"),
                request={"clientID": "mallory"},
            ),
        ),
        Example(
            "the thumbprints of an OpenID Connect provider are replaced",
            api_call("iam", "UpdateOpenIDConnectProviderThumbprint", iam_user("mallory")),
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
        Example(
            "a profile of IAM Roles Anywhere gives access to more roles",
            api_call("rolesanywhere", "UpdateProfile", iam_user("mallory")),
        ),
    ),
    silent=(
        Example(
            "a call to create a SAML provider is denied",
            api_call("iam", "CreateSAMLProvider", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "IAM Identity Center creates its SAML provider in an account",
            api_call(
                "iam",
                "CreateSAMLProvider",
                service_linked_role("AWSServiceRoleForSSO", "sso"),
                request={"name": "AWSSSO_0123456789abcdef_DO_NOT_DELETE"},
            ),
        ),
        Example(
            "IAM Identity Center renews the metadata of its SAML provider",
            api_call(
                "iam",
                "UpdateSAMLProvider",
                service_linked_role("AWSServiceRoleForSSO", "sso"),
                request={
                    "sAMLProviderArn": (
                        "arn:aws:iam::111122223333:saml-provider/"
                        "AWSSSO_0123456789abcdef_DO_NOT_DELETE"
                    )
                },
            ),
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
        Example(
            "a trust anchor is disabled",
            api_call("rolesanywhere", "DisableTrustAnchor", identity_center_user("alice")),
        ),
    ),
)

FEDERATION_TOKEN_MADE = Detection(
    id="federation-token-made",
    title="A federation token, or a session token without MFA, was created",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            calls("sts", "GetFederationToken"),
            all_of(
                calls("sts", "GetSessionToken"),
                field("requestParameters.serialNumber").missing_or_null(),
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "The credentials of such a token stay valid for up to 36 hours, even after the access key "
        "is disabled. Attackers create one right after they stole a key. Few applications need it."
    ),
    runbook=(
        "Ask the user (userIdentity.userName) whether one of their applications makes this call.",
        "If not: attach a policy that denies everything to older sessions (aws:TokenIssueTime).",
        "Disable the access key, and review calls with userIdentity.type FederatedUser since then.",
    ),
    false_positives=(
        "Older applications that sign users in to the console by a link, and command-line tools "
        "of IAM users without MFA. Exclude their IAM user by ARN, or replace it with a role. A "
        "session token with MFA (serialNumber) and denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1550.001", "T1098.001")),
    shows=(
        "userIdentity.userName",
        "requestParameters.name",
        "requestParameters.durationSeconds",
    ),
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
        Example(
            "an IAM user creates a session token without MFA",
            api_call(
                "sts",
                "GetSessionToken",
                iam_user("ci"),
                request={"durationSeconds": 129600},
                read_only=True,
            ),
        ),
        Example(
            "an IAM user creates a session token with the default duration",
            api_call("sts", "GetSessionToken", iam_user("ci"), read_only=True),
        ),
    ),
    silent=(
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
            "a call to create a token is denied",
            api_call("sts", "GetFederationToken", iam_user("mallory"), error="AccessDenied"),
        ),
        Example(
            "a call for a session token without MFA is denied",
            api_call(
                "sts",
                "GetSessionToken",
                iam_user("mallory"),
                read_only=True,
                error="AccessDenied",
            ),
        ),
        Example(
            "a federated user makes a call with such a token",
            api_call("sts", "GetCallerIdentity", federated_user("console"), read_only=True),
        ),
        Example(
            "a role is assumed",
            api_call(
                "sts",
                "AssumeRole",
                iam_user("alice"),
                request=assume_role_request("Deployer"),
                read_only=True,
            ),
        ),
    ),
)

"""Access that is granted without a policy: delegations, grants, certificates, shared runbooks."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    aws_service,
    field,
    iam_user,
    identity_center_user,
)

_KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_PROFILE_ID = "01234567-89ab-cdef-0123-456789abcdef"
_DELEGATION = {"delegationRequestId": "e4bdcdae-4f66-11ed-eleg-ationexample"}

ACCESS_DELEGATED = Detection(
    id="access-delegated",
    title="Access was granted by delegation, KMS grant, certificate attributes or a shared runbook",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            # Unsure: the names are those of the SDK's models; no records of the calls to IAM
            # Roles Anywhere, Sign-In and of delegation requests are public.
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-temporary-delegation.html
            calls(
                "iam",
                "CreateDelegationRequest",
                "AcceptDelegationRequest",
                "SendDelegationToken",
                "EnableOutboundWebIdentityFederation",
            ),
            calls(
                "rolesanywhere",
                "PutAttributeMapping",
                "EnableProfile",
                "DisableCrl",
                "DeleteCrl",
            ),
            all_of(
                field("eventSource").equals("kms.amazonaws.com"),
                any_of(
                    field("eventName").equals("ReplicateKey"),
                    all_of(
                        field("eventName").equals("CreateGrant"),
                        # The grantees of AWS services are no ARNs, but names such as
                        # ec2.us-east-1.amazonaws.com.
                        field("requestParameters.granteePrincipal").starts_with("arn:"),
                    ),
                ),
            ),
            calls(
                "signin",
                "DeleteResourcePermissionStatement",
                "DeleteConsoleAuthorizationConfiguration",
            ),
            all_of(
                calls("ssm", "ModifyDocumentPermission"),
                field("requestParameters.accountIdsToAdd[*]").present(),
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "These calls give access that no policy shows: to a vendor, to the holder of a certificate "
        "or key grant, or to outside services that accept tokens of the account."
    ),
    runbook=(
        "Identify who gets access: granteePrincipal, profileId, accountIdsToAdd, or the vendor.",
        (
            "If it was not planned: revoke the grant, reject the request or enable the list again, "
            "and disable the caller's credentials."
        ),
        "Review calls with that access since then, such as rolesanywhere CreateSession.",
    ),
    false_positives=(
        "Vendors that you let in on purpose, deployments with IAM Roles Anywhere or multi-Region "
        "keys, and applications that create grants for roles. Exclude their roles. Grants for AWS "
        "services, sign-ins with aws login and web identity tokens, which are daily work, and "
        "denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1098", "T1484.002", "T1537")),
    shows=(
        "requestParameters.granteePrincipal",
        "requestParameters.profileId",
        "requestParameters.accountIdsToAdd[0]",
        "requestParameters.delegationRequestId",
    ),
    fires=(
        Example(
            "a delegation request of a vendor is accepted",
            api_call(
                "iam",
                "AcceptDelegationRequest",
                assumed_role_identity("Developer"),
                request=_DELEGATION,
            ),
        ),
        Example(
            "the token for delegated access is sent to the vendor",
            api_call("iam", "SendDelegationToken", iam_user("mallory"), request=_DELEGATION),
        ),
        Example(
            "outside services can accept tokens of the account",
            api_call("iam", "EnableOutboundWebIdentityFederation", identity_center_user("mallory")),
        ),
        Example(
            "the attributes of certificates are mapped to tags of sessions",
            api_call(
                "rolesanywhere",
                "PutAttributeMapping",
                assumed_role_identity("Developer"),
                request={
                    "profileId": _PROFILE_ID,
                    "certificateField": "x509Subject",
                    "mappingRules": [{"specifier": "CN"}],
                },
            ),
        ),
        Example(
            "a profile for certificates is enabled",
            api_call(
                "rolesanywhere",
                "EnableProfile",
                iam_user("mallory"),
                request={"profileId": _PROFILE_ID},
            ),
        ),
        Example(
            "the list of revoked certificates is deleted",
            api_call(
                "rolesanywhere", "DeleteCrl", iam_user("mallory"), request={"crlId": _PROFILE_ID}
            ),
        ),
        Example(
            "access for a vendor is requested",
            api_call(
                "iam",
                "CreateDelegationRequest",
                iam_user("mallory"),
                request={"ownerAccountId": "111122223333", "sessionDuration": 3600},
            ),
        ),
        Example(
            "revoked certificates are accepted again",
            api_call(
                "rolesanywhere", "DisableCrl", iam_user("mallory"), request={"crlId": _PROFILE_ID}
            ),
        ),
        Example(
            "a user of another account may decrypt with a key",
            api_call(
                "kms",
                "CreateGrant",
                assumed_role_identity("Developer"),
                request={
                    "keyId": _KEY_ARN,
                    "granteePrincipal": "arn:aws:iam::123456789012:user/guest",
                    "operations": ["Decrypt", "GenerateDataKey"],
                },
            ),
        ),
        Example(
            "a key is copied to another Region",
            api_call(
                "kms",
                "ReplicateKey",
                iam_user("mallory"),
                request={"keyId": _KEY_ARN, "replicaRegion": "ap-southeast-2"},
            ),
        ),
        Example(
            "a runbook is shared with every account",
            api_call(
                "ssm",
                "ModifyDocumentPermission",
                iam_user("mallory"),
                request={
                    "name": "deploy",
                    "permissionType": "Share",
                    "accountIdsToAdd": ["all"],
                },
            ),
        ),
        Example(
            "conditions for sign-ins are no longer enforced",
            api_call("signin", "DeleteConsoleAuthorizationConfiguration", iam_user("mallory")),
        ),
        Example(
            "a condition for sign-ins is removed",
            api_call(
                "signin",
                "DeleteResourcePermissionStatement",
                iam_user("mallory"),
                request={"statementId": "office"},
            ),
        ),
    ),
    silent=(
        Example(
            "EC2 creates a grant for a volume",
            api_call(
                "kms",
                "CreateGrant",
                assumed_role_identity("Developer", invoked_by="ec2.amazonaws.com"),
                request={
                    "keyId": _KEY_ARN,
                    "granteePrincipal": "arn:aws:iam::111122223333:role/ec2",
                    "operations": ["Decrypt"],
                },
            ),
        ),
        Example(
            "a grant for a service is created, and the record does not name the service as caller",
            api_call(
                "kms",
                "CreateGrant",
                assumed_role_identity("Developer"),
                request={
                    "keyId": _KEY_ARN,
                    "granteePrincipal": "ec2.us-east-1.amazonaws.com",
                    "operations": ["Decrypt"],
                },
            ),
        ),
        Example(
            "KMS copies a key to another Region for a service",
            api_call("kms", "ReplicateKey", aws_service("backup.amazonaws.com")),
        ),
        Example(
            "a call to accept a delegation request is denied",
            api_call(
                "iam",
                "AcceptDelegationRequest",
                iam_user("mallory"),
                request=_DELEGATION,
                error="AccessDenied",
            ),
        ),
        Example(
            "the grants of a user are listed",
            api_call(
                "kms",
                "ListGrants",
                iam_user("alice"),
                request={
                    "keyId": _KEY_ARN,
                    "granteePrincipal": "arn:aws:iam::123456789012:user/guest",
                },
                read_only=True,
            ),
        ),
        Example(
            "a delegation request is rejected",
            api_call("iam", "RejectDelegationRequest", iam_user("alice"), request=_DELEGATION),
        ),
        Example(
            "a list of revoked certificates is enabled",
            api_call(
                "rolesanywhere",
                "EnableCrl",
                assumed_role_identity("Developer"),
                request={"crlId": _PROFILE_ID},
            ),
        ),
        Example(
            "a runbook is no longer shared",
            api_call(
                "ssm",
                "ModifyDocumentPermission",
                iam_user("alice"),
                request={
                    "name": "deploy",
                    "permissionType": "Share",
                    "accountIdsToRemove": ["all"],
                },
            ),
        ),
        Example(
            "a user gets a token with aws login",
            api_call("signin", "CreateOAuth2Token", iam_user("alice", mfa=True), read_only=True),
        ),
    ),
)

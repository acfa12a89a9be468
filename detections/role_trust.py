"""Roles that trust identities outside the account: everyone, or another account."""

import json

from detections._conditions import NOT_BY_IDENTITY_CENTER, SUCCEEDED, calls
from trailbell import (
    ACCOUNT,
    OTHER_ACCOUNT,
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

# CreateRole and UpdateAssumeRolePolicy name the same document differently; a call has one of them.
_TRUST_POLICIES = tuple(
    field(f"requestParameters.{name}") for name in ("assumeRolePolicyDocument", "policyDocument")
)
_TRUST_CALLS = all_of(calls("iam", "CreateRole", "UpdateAssumeRolePolicy"), SUCCEEDED)


def _trust(
    *principals: object, effect: str = "Allow", condition: dict[str, object] | None = None
) -> str:
    """A trust policy with one statement for each principal."""
    more = {"Condition": condition} if condition else {}
    statement = {"Effect": effect, "Action": "sts:AssumeRole"}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [statement | {"Principal": p} | more for p in principals],
        }
    )


def _root(account: str) -> dict[str, str]:
    """All identities of an account, as a principal."""
    return {"AWS": f"arn:aws:iam::{account}:root"}


def _create_role(policy: str, name: str = "support") -> dict[str, object]:
    """The request parameters of CreateRole."""
    return {"roleName": name, "assumeRolePolicyDocument": policy}


# The statement in the text of a policy: `[^{}]*` stays within it, or within its principals. A
# principal that is no object is "*".
_EVERYONE = r"Principal\x22[\s:]*\{?[^{}]*\x22\*\x22"
_ALLOWS_EVERYONE = rf"\x22Allow\x22[^{{}}]*{_EVERYONE}|{_EVERYONE}[^{{}}]*\}}?[^{{}}]*\x22Allow\x22"

ROLE_TRUSTS_EVERYONE = Detection(
    id="role-trusts-everyone",
    title="A role that every AWS account can assume was created",
    packs=("persistence",),
    severity=Severity.HIGH,
    pattern=all_of(
        _TRUST_CALLS,
        any_of(
            *(
                all_of(
                    policy.matches(_ALLOWS_EVERYONE),
                    policy.present_and_does_not_contain("aws:PrincipalOrg"),
                )
                for policy in _TRUST_POLICIES
            )
        ),
    ),
    alarm_only="EventBridge has no regular expressions",
    why=(
        "With the principal *, any identity of any AWS account can assume the role, unless a "
        "condition prevents it. Attackers use such a role to return."
    ),
    runbook=(
        "Read the trust policy in the event: the role is roleName, its conditions matter.",
        "If it was not planned: correct the trust policy, and revoke active sessions of the role.",
        "Review AssumeRole calls for the role, and what its sessions did since then.",
    ),
    false_positives=(
        "Roles whose conditions name the accounts or identities that may assume them; name those "
        "as principals instead. Policies with a condition on the organization "
        "(aws:PrincipalOrgID, aws:PrincipalOrgPaths) are not detected here, and those without your "
        "account's ID are covered by role-trusted-from-outside. Denied calls are not detected."
    ),
    controls=Controls(related_cis_control=4, mitre_attack=("T1098.003", "T1136.003")),
    shows=(
        "requestParameters.roleName",
        "requestParameters.assumeRolePolicyDocument",
        "requestParameters.policyDocument",
    ),
    fires=(
        Example(
            "a role is created that everyone can assume",
            api_call(
                "iam", "CreateRole", iam_user("mallory"), request=_create_role(_trust({"AWS": "*"}))
            ),
        ),
        Example(
            "everyone is added to the trust policy of a role, in another order and without spaces",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                identity_center_user("mallory"),
                request={
                    "roleName": "web",
                    "policyDocument": (
                        '{"Statement":[{"Principal":{"Service":"ec2.amazonaws.com"},"Effect":'
                        '"Allow","Action":"sts:AssumeRole"},{"Principal":{"AWS":["*"]},"Action":'
                        '"sts:AssumeRole","Effect":"Allow"}]}'
                    ),
                },
            ),
        ),
        Example(
            "the principal is a single asterisk, with an external ID that is easy to guess",
            api_call(
                "iam",
                "CreateRole",
                assumed_role_identity("Developer"),
                request=_create_role(
                    _trust("*", condition={"StringEquals": {"sts:ExternalId": "1234"}})
                ),
            ),
        ),
    ),
    silent=(
        Example(
            "every identity of the organization can assume the role",
            api_call(
                "iam",
                "CreateRole",
                assumed_role_identity("Deployer"),
                request=_create_role(
                    _trust(
                        {"AWS": "*"},
                        condition={"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
                    )
                ),
            ),
        ),
        Example(
            "a statement denies everyone without MFA",
            api_call(
                "iam",
                "CreateRole",
                assumed_role_identity("Deployer"),
                request=_create_role(
                    _trust(
                        {"AWS": "*"},
                        effect="Deny",
                        condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}},
                    )
                ),
            ),
        ),
        Example(
            "a condition has an asterisk as its value",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                assumed_role_identity("Deployer"),
                request={
                    "roleName": "web",
                    "policyDocument": _trust(
                        _root(ACCOUNT), condition={"StringLike": {"aws:username": "*"}}
                    ),
                },
            ),
        ),
        Example(
            "a role for an AWS service is created",
            api_call(
                "iam",
                "CreateRole",
                assumed_role_identity("Deployer"),
                request=_create_role(_trust({"Service": "lambda.amazonaws.com"}), "shop"),
            ),
        ),
        Example(
            "a call to create such a role is denied",
            api_call(
                "iam",
                "CreateRole",
                iam_user("mallory"),
                request=_create_role(_trust({"AWS": "*"})),
                error="AccessDenied",
            ),
        ),
        Example(
            "every identity of a part of the organization is added to the trust policy of a role",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                assumed_role_identity("Deployer"),
                request={
                    "roleName": "web",
                    "policyDocument": _trust(
                        "*",
                        condition={"StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/*"}},
                    ),
                },
            ),
        ),
    ),
)

ROLE_TRUSTED_FROM_OUTSIDE = Detection(
    id="role-trusted-from-outside",
    title="A role that trusts another AWS account was created or changed",
    packs=("persistence",),
    severity=Severity.MEDIUM,
    # A document that names only AWS services or identity providers has no member "AWS".
    pattern=all_of(
        _TRUST_CALLS,
        NOT_BY_IDENTITY_CENTER,
        any_of(
            *(
                all_of(
                    policy.contains('"AWS"'),
                    policy.present_and_does_not_contain("${OwnAccountId}"),
                )
                for policy in _TRUST_POLICIES
            )
        ),
    ),
    alarm_only="EventBridge cannot combine two conditions on one text",
    why=(
        "The other account, or an attacker who takes it over, decides who may assume the role. "
        "Attackers let their own account in, and keep access when all keys here are replaced."
    ),
    runbook=(
        "Identify the account in the trust policy of the event, and who operates it.",
        "If it was not planned: correct the trust policy, and revoke active sessions of the role.",
        "Review AssumeRole calls for the role, and what its sessions did since then.",
    ),
    false_positives=(
        "Roles for suppliers, and roles that your other accounts use: list those in own_accounts "
        "of the settings, all of them with an organization trail. Not detected: a policy that "
        "also names one of your own accounts; credential-persistence covers it if it is an update, "
        "iam-changes in any case. Denied calls are not detected."
    ),
    controls=Controls(related_cis_control=4, mitre_attack=("T1098.003", "T1136.003")),
    shows=(
        "requestParameters.roleName",
        "requestParameters.assumeRolePolicyDocument",
        "requestParameters.policyDocument",
    ),
    fires=(
        Example(
            "a role is created that another account can assume",
            api_call(
                "iam",
                "CreateRole",
                iam_user("mallory"),
                request=_create_role(_trust(_root(OTHER_ACCOUNT))),
            ),
        ),
        Example(
            "another account is added to the trust policy of a role for an AWS service",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                identity_center_user("mallory"),
                request={
                    "roleName": "web",
                    "policyDocument": _trust(
                        {"Service": "ec2.amazonaws.com"}, _root(OTHER_ACCOUNT)
                    ),
                },
            ),
        ),
        Example(
            "the principal is only the ID of another account",
            api_call(
                "iam",
                "CreateRole",
                assumed_role_identity("Developer"),
                request=_create_role(_trust({"AWS": [OTHER_ACCOUNT]})),
            ),
        ),
    ),
    silent=(
        Example(
            "a role is created that identities of the same account can assume",
            api_call(
                "iam",
                "CreateRole",
                assumed_role_identity("Deployer"),
                request=_create_role(_trust(_root(ACCOUNT)), "reader"),
            ),
        ),
        Example(
            "a role for an AWS service is created",
            api_call(
                "iam",
                "CreateRole",
                assumed_role_identity("Deployer", invoked_by="cloudformation.amazonaws.com"),
                request=_create_role(_trust({"Service": "lambda.amazonaws.com"}), "shop"),
            ),
        ),
        Example(
            "a role for an identity provider is created",
            api_call(
                "iam",
                "CreateRole",
                assumed_role_identity("Deployer"),
                request=_create_role(
                    _trust({"Federated": "cognito-identity.amazonaws.com"}), "app"
                ),
            ),
        ),
        Example(
            "a call to create a role that another account can assume is denied",
            api_call(
                "iam",
                "CreateRole",
                iam_user("mallory"),
                request=_create_role(_trust(_root(OTHER_ACCOUNT))),
                error="AccessDenied",
            ),
        ),
        Example(
            "the policy of a user lets the user assume a role in another account",
            api_call(
                "iam",
                "PutUserPolicy",
                iam_user("alice"),
                request={
                    "userName": "alice",
                    "policyName": "audit",
                    "policyDocument": json.dumps(
                        {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
                    ),
                },
            ),
        ),
        Example(
            "an AWS service creates a role with its service-linked role",
            api_call(
                "iam",
                "CreateRole",
                service_linked_role("AWSServiceRoleForSSO", "sso"),
                request=_create_role(_trust(_root(OTHER_ACCOUNT)), "AWSReservedSSO_Example"),
            ),
        ),
        Example(
            "the own account is added to the trust policy of a role",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                assumed_role_identity("Deployer"),
                request={"roleName": "reader", "policyDocument": _trust(_root(ACCOUNT))},
            ),
        ),
        Example(
            "the trust policy of a role for an AWS service is changed",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                assumed_role_identity("Deployer"),
                request={
                    "roleName": "web",
                    "policyDocument": _trust({"Service": "ec2.amazonaws.com"}),
                },
            ),
        ),
    ),
)

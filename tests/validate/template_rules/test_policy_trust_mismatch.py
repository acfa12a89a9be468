"""The rule W9854: trust policies whose parts do not go together."""

from typing import Any

import pytest

from tests.validate.policy_cases import TRUST, allow, identity, trust
from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.PolicyTrustMismatch import PolicyTrustMismatch

_ACCOUNT = {"AWS": "arn:aws:iam::111122223333:root"}
_SAML = {"Federated": "arn:aws:iam::111122223333:saml-provider/p"}
_OIDC = {"Federated": "arn:aws:iam::111122223333:oidc-provider/example.com"}
_ANYWHERE = {"Service": "rolesanywhere.amazonaws.com"}
_WEB = "sts:AssumeRoleWithWebIdentity"
_ACTION = f"{TRUST}.Action"
_FEDERATED = f"{TRUST}.Principal.Federated"
_TAG = {"StringEquals": {"aws:RequestTag/team": "a"}}


def _role(*statements: dict[str, Any]) -> Resources:
    allowed = [{"Effect": "Allow"} | statement for statement in statements]
    return {"P": resource("IAM::Role", AssumeRolePolicyDocument={"Statement": allowed})}


def _is_for(action: str, callers: str) -> tuple[str, str]:
    return (_ACTION, f"{action} is for {callers}, and no principal of the statement is one.")


def _no_provider(text: str) -> tuple[str, str]:
    return (
        _FEDERATED,
        (
            f"{text} is no identity provider. Name one by its domain, such as accounts.google.com, "
            "or by its ARN."
        ),
    )


def _never(operator: str, key: str, action: str) -> tuple[str, str]:
    return (
        f"{TRUST}.Condition.{operator}.{key}",
        (
            f"No one can set {key} without {action}, so that the condition is never true. Add the "
            "action."
        ),
    )


_CASES = [
    silent("an account", trust(_ACCOUNT)),
    silent("a service", trust({"Service": "ec2.amazonaws.com"})),
    silent("SAML", trust(_SAML, "sts:AssumeRoleWithSAML")),
    silent("OIDC", trust(_OIDC, _WEB)),
    silent("a provider of AWS", trust({"Federated": "accounts.google.com"}, _WEB)),
    silent("a provider from a parameter", trust({"Federated": ref("Provider")}, _WEB)),
    silent(
        "a provider with a part from a parameter", trust({"Federated": sub("${Provider}")}, _WEB)
    ),
    silent("a principal from a parameter", trust(ref("Principal"), _WEB)),
    silent("an action from a parameter", trust(_SAML, ref("Action"))),
    silent("a pattern of actions", trust(_OIDC, "sts:AssumeRole*")),
    silent("one principal for each action", trust(_OIDC | _ACCOUNT, ["sts:AssumeRole", _WEB])),
    silent("a provider in one branch", trust(either(_OIDC, _ACCOUNT), _WEB)),
    silent("tags of a session", trust(_SAML, ["sts:AssumeRoleWithSAML", "sts:TagSession"])),
    silent(
        "IAM Roles Anywhere",
        trust(_ANYWHERE, ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]),
    ),
    silent(
        "IAM Roles Anywhere in two statements",
        _role(
            {"Principal": _ANYWHERE, "Action": "sts:AssumeRole"},
            {"Principal": _ANYWHERE, "Action": ["sts:SetSourceIdentity", "sts:TagSession"]},
        ),
    ),
    silent(
        "a condition on a tag, with its action in another statement",
        _role(
            {"Principal": _ACCOUNT, "Action": "sts:AssumeRole", "Condition": _TAG},
            {"Principal": _ACCOUNT, "Action": "sts:TagSession"},
        ),
    ),
    silent(
        "a condition that is met without the tag",
        trust(_ACCOUNT, Condition={"StringEqualsIfExists": {"aws:RequestTag/team": "a"}}),
    ),
    silent(
        "a tag that must be missing",
        trust(_ACCOUNT, Condition={"Null": {"aws:RequestTag/team": "true"}}),
    ),
    silent(
        "one audience", trust(_OIDC, _WEB, Condition={"StringEquals": {"example.com:aud": "a"}})
    ),
    silent(
        "several methods of signing in",
        trust(_OIDC, _WEB, Condition={"ForAnyValue:StringLike": {"example.com:amr": "mfa"}}),
    ),
    silent("an identity policy", identity(allow("sts:AssumeRole", "*", Condition=_TAG))),
    fires(
        "an account like a provider",
        trust(_ACCOUNT, _WEB),
        _is_for(_WEB, "an OIDC provider"),
    ),
    fires("SAML like OIDC", trust(_SAML, _WEB), _is_for(_WEB, "an OIDC provider")),
    fires(
        "OIDC like SAML",
        trust(_OIDC, "sts:AssumeRoleWithSAML"),
        _is_for("sts:AssumeRoleWithSAML", "a SAML provider"),
    ),
    fires(
        "a provider of the template like OIDC",
        trust({"Federated": ref("S")}, _WEB) | {"S": resource("IAM::SAMLProvider")},
        _is_for(_WEB, "an OIDC provider"),
    ),
    fires(
        "Cognito like an account",
        trust({"Federated": "cognito-identity.amazonaws.com"}),
        _is_for("sts:AssumeRole", "an account, role, user or service"),
    ),
    fires(
        "every principal",
        trust("*"),
        (
            f"{TRUST}.Principal",
            'IAM rejects the Principal "*" in a trust policy. Name who may assume the role.',
        ),
    ),
    fires(
        "all but one",
        _role({"Effect": "Deny", "NotPrincipal": _ACCOUNT, "Action": "sts:AssumeRole"}),
        (f"{TRUST}.NotPrincipal", "A trust policy has no NotPrincipal. Use Principal."),
    ),
    fires(
        "a URL",
        trust({"Federated": "https://example.com"}, _WEB),
        _no_provider("https://example.com"),
    ),
    fires("every provider", trust({"Federated": "*"}, _WEB), _no_provider("*")),
    fires(
        "a role as provider",
        trust({"Federated": "arn:aws:iam::111122223333:role/r"}, _WEB),
        _no_provider("arn:aws:iam::111122223333:role/r"),
    ),
    fires(
        "IAM Roles Anywhere without tags",
        trust(_ANYWHERE, ["sts:AssumeRole", "sts:SetSourceIdentity"]),
        (
            f"{TRUST}.Principal.Service",
            "Allow sts:TagSession, too, which IAM Roles Anywhere needs.",
        ),
    ),
    fires(
        "a condition on a tag that no one can set",
        trust(_ACCOUNT, Condition=_TAG),
        _never("StringEquals", "aws:RequestTag/team", "sts:TagSession"),
    ),
    fires(
        "a condition on a source identity that no one can set",
        trust(_ACCOUNT, Condition={"StringLike": {"sts:SourceIdentity": "*"}}),
        _never("StringLike", "sts:SourceIdentity", "sts:SetSourceIdentity"),
    ),
    fires(
        "several audiences",
        trust(_OIDC, _WEB, Condition={"ForAnyValue:StringEquals": {"example.com:aud": "a"}}),
        (
            f"{TRUST}.Condition.ForAnyValue:StringEquals.example.com:aud",
            "A request has one value of example.com:aud. Remove ForAnyValue.",
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyTrustMismatch(), resources) == findings

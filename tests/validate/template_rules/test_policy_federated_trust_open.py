"""The rule W9838: identity providers all of whose users can assume a role."""

from typing import Any

import pytest

from tests.validate.policy_cases import TRUST, trust
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
from trailbell.validate.template_rules.PolicyFederatedTrustOpen import PolicyFederatedTrustOpen

_HOST = "token.actions.githubusercontent.com"
_GITHUB = sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{_HOST}")
_EKS = "oidc.eks.eu-west-1.amazonaws.com/id/ABCD"
_AUD = {"StringEquals": {f"{_HOST}:aud": "sts.amazonaws.com"}}
_SAML = "arn:aws:iam::111122223333:saml-provider/Corp"


def _web(provider: Any, condition: Any = None) -> Resources:
    more = {} if condition is None else {"Condition": condition}
    return trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", **more)


def _oidc(host: str) -> dict[str, str]:
    return sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{host}")


def _saml(condition: Any = None) -> Resources:
    more = {} if condition is None else {"Condition": condition}
    return trust({"Federated": _SAML}, "sts:AssumeRoleWithSAML", **more)


def _like(key: str, value: Any) -> dict[str, Any]:
    return {"StringLike": {key: value}}


def _shared(host: str, claim: str, value: str) -> Resources:
    provider = f"arn:aws:iam::111122223333:oidc-provider/{host}"
    return _web(provider, _like(f"{host}:{claim}", value))


def _any(host: str) -> str:
    return f"Any identity of {host} can assume the role. Add a condition on {host}:sub."


_FINDING = _any(_HOST)
_PLACE = f"{TRUST}.Principal.Federated"
_CASES = [
    silent("a repository", _web(_GITHUB, _AUD | _like(f"{_HOST}:sub", "repo:o/r:*"))),
    silent("all repositories of an owner", _web(_GITHUB, _like(f"{_HOST}:sub", "repo:o/*"))),
    silent("a repository by its number", _web(_GITHUB, _like(f"{_HOST}:repository_id", "7"))),
    silent("a repository of a parameter", _web(_GITHUB, _like(f"{_HOST}:sub", sub("repo:${R}:*")))),
    silent("a condition from a parameter", _web(_GITHUB, ref("Condition"))),
    silent("a service account", _web(_EKS, {"StringEquals": {f"{_EKS}:sub": "system:x"}})),
    silent(
        "an identity pool",
        _web(
            "cognito-identity.amazonaws.com",
            {"StringEquals": {"cognito-identity.amazonaws.com:aud": ref("Pool")}},
        ),
    ),
    silent(
        "a provider of one's own",
        _web("arn:aws:iam::1:oidc-provider/x.example.com", _like("a:b", "c")),
    ),
    silent("a project", _shared("gitlab.com", "sub", "project_path:group/app:*")),
    silent("a workspace", _shared("app.terraform.io", "sub", "organization:o:project:p:*")),
    silent("a team, which is its audience", _shared("oidc.vercel.com", "aud", "https://x")),
    silent(
        "a provider of one's own like a shared one", _shared("gitlab.com.example.org", "a", "b")
    ),
    silent(
        "a workspace with its own URL", _shared("api.bitbucket.org/2.0/workspaces/w", "aud", "x")
    ),
    silent("an organization with its own URL", _shared("oidc.circleci.com/org/1", "aud", "1")),
    silent("a provider from a parameter", _web(ref("Provider"), _AUD)),
    silent("a provider from a parameter, without condition", _web(ref("Provider"))),
    silent("SAML with an audience", _saml({"StringEquals": {"SAML:aud": "https://x"}})),
    silent("a service", trust({"Service": "ec2.amazonaws.com"})),
    silent(
        "a project of GitLab",
        _web(_oidc("gitlab.com"), _like("gitlab.com:sub", "project_path:example/*")),
    ),
    silent(
        "a claim of GitLab that is not in the table",
        _web(_oidc("gitlab.com"), _like("gitlab.com:project_id", "7")),
    ),
    silent("a GitLab of one's own", _web(_oidc("gitlab.com.example.com"), _like("a:aud", "sts"))),
    silent(
        "a workspace of Terraform",
        _web(
            _oidc("app.terraform.io"),
            _like("app.terraform.io:sub", "organization:example:project:*:workspace:prod:*"),
        ),
    ),
    fires(
        "the audience of GitLab alone",
        _web(_oidc("gitlab.com"), _like("gitlab.com:aud", "https://gitlab.com")),
        (
            _PLACE,
            "Any identity of gitlab.com can assume the role. Add a condition on gitlab.com:sub.",
        ),
    ),
    fires(
        "any subject of Terraform",
        _web(
            _oidc("app.terraform.io"),
            _like("app.terraform.io:aud", "x")
            | {"StringEqualsIfExists": {"app.terraform.io:sub": "*"}},
        ),
        (
            _PLACE,
            (
                "Any identity of app.terraform.io can assume the role. Add a condition on "
                "app.terraform.io:sub."
            ),
        ),
    ),
    fires("no condition", _web(_GITHUB), (_PLACE, _FINDING)),
    fires("the audience alone", _web(_GITHUB, _AUD), (_PLACE, _FINDING)),
    *(
        fires(f"every customer: {host}", _shared(host, "aud", "x"), (_PLACE, _any(host)))
        for host in ("agent.buildkite.com", "app.terraform.io", "gitlab.com")
    ),
    fires(
        "every customer of a provider whose URL has a path",
        _shared("rh-oidc.s3.us-east-1.amazonaws.com/22ejn", "aud", "x"),
        (_PLACE, _any("rh-oidc.s3.us-east-1.amazonaws.com/22ejn")),
    ),
    fires(
        "every group",
        _shared("gitlab.com", "sub", "project_path:*/app:*"),
        (_PLACE, _any("gitlab.com")),
    ),
    fires(
        "every organization with a repository of this name",
        _web(_GITHUB, _like(f"{_HOST}:sub", "repo:*/app:*")),
        (_PLACE, _FINDING),
    ),
    fires(
        "every organization whose name begins alike",
        _web(_GITHUB, _like(f"{_HOST}:sub", "repo:acme*")),
        (_PLACE, _FINDING),
    ),
    fires("any subject", _web(_GITHUB, _like(f"{_HOST}:sub", "repo:*")), (_PLACE, _FINDING)),
    fires(
        "all but one",
        _web(_GITHUB, {"StringNotEquals": {f"{_HOST}:sub": "repo:o/r:x"}}),
        (_PLACE, _FINDING),
    ),
    fires(
        "in one branch",
        _web(_GITHUB, either(_AUD, _like(f"{_HOST}:sub", "repo:o/r:*"))),
        (_PLACE, _FINDING),
    ),
    fires(
        "a provider of the template",
        _web(ref("G"), _AUD) | {"G": resource("IAM::OIDCProvider", Url=f"https://{_HOST}")},
        (_PLACE, _FINDING),
    ),
    fires(
        "every service account of a cluster",
        _web(f"arn:aws:iam::1:oidc-provider/{_EKS}", {"StringEquals": {f"{_EKS}:aud": "sts"}}),
        (_PLACE, f"Any identity of {_EKS} can assume the role. Add a condition on {_EKS}:sub."),
    ),
    fires(
        "every identity pool",
        _web("cognito-identity.amazonaws.com"),
        (
            _PLACE,
            (
                "Any identity of cognito-identity.amazonaws.com can assume the role. Add a "
                "condition on cognito-identity.amazonaws.com:aud."
            ),
        ),
    ),
    fires(
        "every user of another provider",
        _web(sub("arn:aws:iam::${AWS::AccountId}:oidc-provider/${Host}")),
        (
            _PLACE,
            (
                "Any identity of the OIDC provider can assume the role. Add a condition on its sub "
                "or aud."
            ),
        ),
    ),
    fires(
        "SAML without an audience",
        _saml(),
        (_PLACE, "Any assertion of the SAML provider is accepted. Add a condition on SAML:aud."),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyFederatedTrustOpen(), resources) == findings

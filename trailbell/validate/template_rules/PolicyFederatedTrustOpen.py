"""The rule W9838: roles that everyone at an identity provider can assume."""

import re
from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, entries, referenced_id
from trailbell.template.known_texts import UNKNOWN_TEXT
from trailbell.template.resources import properties, resources, type_of
from trailbell.validate.policies import (
    ConditionEntry,
    PolicyKind,
    PolicyStatement,
    policy_statements,
)
from trailbell.validate.policy_texts import policy_texts

# The claims that distinguish the users of a provider, by what the provider's name contains.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
# https://docs.github.com/en/actions/reference/security/oidc
_GITHUB = (
    *("sub", "repository", "repository_id", "repository_owner", "repository_owner_id"),
    *("job_workflow_ref", "environment", "actor_id", "enterprise_id"),
)
_CLAIMS = {
    "token.actions.githubusercontent.com": _GITHUB,
    "cognito-identity.amazonaws.com": ("aud",),
    "accounts.google.com": ("aud", "oaud", "sub"),
    "graph.facebook.com": ("app_id", "id"),
    "www.amazon.com": ("app_id", "user_id"),
}
# Providers with one URL for all of their customers, and the claims that distinguish those. In
# November 2026, AWS publishes them only on a page:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
_SHARED = {
    **dict.fromkeys(
        (
            *("agent.buildkite.com", "app.terraform.io", "gitlab.com", "oidc.codefresh.io"),
            *("oidc-configuration.audit-log.githubusercontent.com", "oidc.op1.openshiftapps.com"),
            *("proidc.upbound.io", "rh-oidc.s3.us-east-1.amazonaws.com", "scalr.io"),
            *("studio.datachain.ai", "tokens.cloud.shisho.dev"),
            "vstoken.actions.githubusercontent.com",
        ),
        ("sub",),
    ),
    **dict.fromkeys(("api.pulumi.com", "oidc.vercel.com", "sandboxes.cloud"), ("aud", "sub")),
}
_EKS = re.compile(r"oidc\.eks[.-].+")
_PROVIDER = re.compile(r"(?:.*:oidc-provider/)?(?P<name>[^:]+)")
# Anyone can have an organization or a group whose name matches a pattern.
_EVERYONE = re.compile(r"\*+|(repo|project_path|organization):[^/:]*[*?].*")
_ACTIONS = {
    "sts:assumerolewithwebidentity": "web",
    "sts:assumerolewithsaml": "saml",
}


class PolicyFederatedTrustOpen(CloudFormationLintRule):
    """An identity provider such as GitHub has millions of users. A trust policy that checks the
    audience only, or nothing, lets the workflow of any repository assume the role.

    ## Fails

    ```yaml
    Resources:
      GitHub:
        Type: AWS::IAM::OIDCProvider
        Properties:
          Url: https://token.actions.githubusercontent.com
          ClientIdList: [sts.amazonaws.com]
      DeployRole:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Federated: !Ref GitHub}
                Action: sts:AssumeRoleWithWebIdentity
                Condition:
                  StringEquals: {token.actions.githubusercontent.com:aud: sts.amazonaws.com}
    ```

    ## Passes

    ```yaml
    Resources:
      GitHub:
        Type: AWS::IAM::OIDCProvider
        Properties:
          Url: https://token.actions.githubusercontent.com
          ClientIdList: [sts.amazonaws.com]
      DeployRole:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Federated: !Ref GitHub}
                Action: sts:AssumeRoleWithWebIdentity
                Condition:
                  StringEquals: {token.actions.githubusercontent.com:aud: sts.amazonaws.com}
                  StringLike:
                    token.actions.githubusercontent.com:sub: repo:example/app:ref:refs/heads/main
    ```

    ## Silent

    - A condition on any claim that distinguishes the users of the provider, such as the repository.
    - Other providers, if there is any condition: only your users can sign in to your own.
    - Providers and conditions that a parameter or an intrinsic function decides.
    """

    id = "W9838"
    shortdesc = "policy-federated-trust-open"
    description = (
        "A role that trusts an identity provider says which of its identities can assume it"
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            match
            for statement in policy_statements(cfn)
            if statement.kind is PolicyKind.TRUST and statement.is_allow
            for match in _matches(statement)
        ]


def _matches(statement: PolicyStatement) -> Iterator[RuleMatch]:
    kinds = {_ACTIONS.get(text.lower()) for texts in statement.actions for text in texts}
    path = statement.place("Principal", "Federated")
    for provider in _providers(statement):
        for branch in statement.conditions:
            if branch is None:
                continue
            if "saml" in kinds and ":saml-provider/" in provider:
                if not any(_names(entry).startswith("saml:") for entry in branch):
                    message = (
                        "Any assertion of the SAML provider is accepted. Add a condition on "
                        "SAML:aud."
                    )
                    yield RuleMatch(path, message)
            elif "web" in kinds and (message := _open_provider(provider, branch)):
                yield RuleMatch(path, message)


def _providers(statement: PolicyStatement) -> Iterator[str]:
    for principal, _ in branches(statement.data.get("Principal")):
        if isinstance(principal, dict):
            for entry, _ in entries(principal.get("Federated")):
                if entry is not None:
                    yield from _provider_texts(statement.document, entry)


def _provider_texts(document: Any, entry: Any) -> tuple[str, ...]:
    """The names or ARNs of a provider; the URL of one in the same template."""
    resource = resources(document).get(referenced_id(entry) or "", {})
    if type_of(resource) == "AWS::IAM::OIDCProvider":
        urls = policy_texts(document, properties(resource).get("Url", ""))
        return tuple(f":oidc-provider/{url.removeprefix('https://')}" for url in urls)
    return policy_texts(document, entry)


def _names(entry: ConditionEntry) -> str:
    return "saml:" if _is_unknown(entry) else entry.key.lower()


def _is_unknown(entry: ConditionEntry) -> bool:
    return entry.key == UNKNOWN_TEXT or "${" in entry.key


def _open_provider(provider: str, branch: tuple[ConditionEntry, ...]) -> str:
    """Why a trust without further conditions is open; empty if it may be closed."""
    if any(map(_is_unknown, branch)):
        return ""
    name = _name(provider)
    host = name.partition("/")[0]
    if claims := _CLAIMS.get(host, ("sub",) if _EKS.fullmatch(host) else ()):
        return _open_shared(name, branch, claims)
    if claims := _SHARED.get(host, ()):
        others = {_claim(entry) for entry in branch} - {"aud", "sub"}
        return _open_shared(name, branch, (*claims, *others))
    if branch or ":saml-provider/" in provider:
        return ""
    if UNKNOWN_TEXT in provider and ":oidc-provider/" not in provider:
        return ""
    return (
        "Any identity of the OIDC provider can assume the role. Add a condition on its sub or aud."
    )


def _open_shared(name: str, branch: tuple[ConditionEntry, ...], claims: tuple[str, ...]) -> str:
    if any(_limits(entry, claims) for entry in branch):
        return ""
    return f"Any identity of {name} can assume the role. Add a condition on {name}:{claims[0]}."


def _claim(entry: ConditionEntry) -> str:
    """The claim that a condition compares, such as ``sub``."""
    return entry.key.rpartition(":")[2].lower()


def _name(provider: str) -> str:
    match = _PROVIDER.fullmatch(provider.replace(UNKNOWN_TEXT, "*"))
    return match["name"] if match else provider


def _limits(entry: ConditionEntry, claims: tuple[str, ...]) -> bool:
    """Whether a condition asks for a claim with a value that not everyone has."""
    operator = entry.operator
    if operator is None or _claim(entry) not in claims:
        return False
    if operator.is_negated or operator.family == "Null" or operator.if_exists:
        return False
    return not any(_EVERYONE.fullmatch(text) for text in entry.texts)

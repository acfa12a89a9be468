"""The rule W9854: trust policies whose parts do not go together."""

from collections.abc import Iterator
from itertools import groupby

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, is_intrinsic
from trailbell.template.known_texts import UNKNOWN_TEXT
from trailbell.template.policy import matches_wildcards
from trailbell.validate.policies import (
    ConditionEntry,
    PolicyKind,
    PolicyStatement,
    policy_statements,
)

_ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
# https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
_OF_ROLES_ANYWHERE = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")
# What a caller can set only with another permission.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
_ACTION_OF_KEY = {
    "aws:requesttag/": "sts:TagSession",
    "sts:transitivetagkeys": "sts:TagSession",
    "sts:sourceidentity": "sts:SetSourceIdentity",
}
_CALLERS = {
    "sts:assumerole": ("AWS", "an account, role, user or service"),
    "sts:assumerolewithsaml": ("SAML", "a SAML provider"),
    "sts:assumerolewithwebidentity": ("OIDC", "an OIDC provider"),
}
_Found = Iterator[tuple[TemplatePath, str]]


class PolicyTrustMismatch(CloudFormationLintRule):
    """Each kind of principal assumes a role with its own action: accounts and services with
    `sts:AssumeRole`, users of a SAML provider with `sts:AssumeRoleWithSAML`, identities of an OIDC
    provider with `sts:AssumeRoleWithWebIdentity`. With another one, no one can assume the role. IAM
    Roles Anywhere and conditions on session tags need further actions.

    ## Fails

    ```yaml
    Resources:
      GuestRole:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Federated: cognito-identity.amazonaws.com}
                Action: sts:AssumeRole
                Condition:
                  StringEquals: {cognito-identity.amazonaws.com:aud: !Ref Pool}
      Pool:
        Type: AWS::Cognito::IdentityPool
        Properties: {AllowUnauthenticatedIdentities: true}
    ```

    ## Passes

    ```yaml
    Resources:
      GuestRole:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Federated: cognito-identity.amazonaws.com}
                Action: sts:AssumeRoleWithWebIdentity
                Condition:
                  StringEquals: {cognito-identity.amazonaws.com:aud: !Ref Pool}
      Pool:
        Type: AWS::Cognito::IdentityPool
        Properties: {AllowUnauthenticatedIdentities: true}
    ```

    ## Silent

    - Principals and actions that a parameter or an intrinsic function decides, and patterns of
      actions.
    - A statement in which another principal fits the action.
    - A condition on a session tag that is also met without it.
    """

    id = "W9854"
    shortdesc = "policy-trust-mismatch"
    description = "The principals, actions and conditions of a trust policy go together"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-mismatched-action-for-principal"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        trusts = (s for s in policy_statements(cfn) if s.kind is PolicyKind.TRUST)
        return [
            RuleMatch(path, message)
            for _, group in groupby(trusts, lambda statement: statement.path[:2])
            for path, message in _findings(tuple(group))
        ]


def _findings(policy: tuple[PolicyStatement, ...]) -> _Found:
    """What is wrong in the statements of one trust policy."""
    for statement in policy:
        yield from _rejected(statement)
        if statement.is_allow:
            yield from _mismatches(statement)
            yield from _conditions_without_action(statement, policy)
            yield from _several_audiences(statement)
    yield from _missing_for_roles_anywhere(policy)


def _rejected(statement: PolicyStatement) -> _Found:
    """Principals that IAM rejects. ``NotPrincipal`` with Allow is the finding of another rule."""
    if "NotPrincipal" in statement.data and not statement.is_allow:
        yield statement.place("NotPrincipal"), "A trust policy has no NotPrincipal. Use Principal."
    for principal, path in branches(statement.data.get("Principal"), ("Principal",)):
        if principal == "*":
            yield (
                statement.place(*path),
                ('IAM rejects the Principal "*" in a trust policy. Name who may assume the role.'),
            )
    for texts, path in statement.principals("Federated"):
        if len(texts) == 1 and _is_no_provider(texts[0]):
            yield (
                path,
                (
                    f"{texts[0]} is no identity provider. Name one by its domain, such as "
                    "accounts.google.com, or by its ARN."
                ),
            )


def _is_no_provider(text: str) -> bool:
    if UNKNOWN_TEXT in text:
        return False
    is_other_arn = text.startswith("arn:") and not _kind_of_provider(text)
    return text == "*" or "://" in text or is_other_arn


def _kind_of_provider(text: str) -> str:
    """``SAML`` or ``OIDC``; empty if that is not known."""
    if ":saml-provider/" in text:
        return "SAML"
    if ":oidc-provider/" in text or not (text.startswith("arn:") or UNKNOWN_TEXT in text):
        return "OIDC"
    return ""


def _mismatches(statement: PolicyStatement) -> _Found:
    kinds = _kinds_of_principals(statement)
    if not kinds or "" in kinds:
        return
    for texts in statement.actions:
        kind, callers = _CALLERS.get(texts[0].lower() if len(texts) == 1 else "", ("", ""))
        if kind and kind not in kinds:
            yield (
                statement.place("Action"),
                f"{texts[0]} is for {callers}, and no principal of the statement is one.",
            )


def _kinds_of_principals(statement: PolicyStatement) -> set[str]:
    """``AWS``, ``SAML`` and ``OIDC``; with an empty text if not all are known."""
    kinds = set()
    for principal, _ in branches(statement.data.get("Principal")):
        if not isinstance(principal, dict) or is_intrinsic(principal):
            kinds.add("AWS" if principal == "*" else "")
            continue
        kinds |= {"AWS" for kind in principal if kind != "Federated"}
    for texts, _ in statement.principals("Federated"):
        kinds |= {_kind_of_provider(text) for text in texts} or {""}
    return kinds


def _conditions_without_action(
    statement: PolicyStatement, policy: tuple[PolicyStatement, ...]
) -> _Found:
    for entry in statement.condition_entries:
        action = _needed_action(entry)
        if action and not any(_may_allow(other, action) for other in policy):
            yield (
                statement.place(*entry.names),
                (
                    f"No one can set {entry.key} without {action}, so that the condition is never "
                    "true. Add the action."
                ),
            )


def _needed_action(entry: ConditionEntry) -> str:
    """The action without which a request never meets a condition; empty if there is none."""
    if entry.operator is None or not entry.operator.needs_key:
        return ""
    name = entry.key.lower()
    return next((action for key, action in _ACTION_OF_KEY.items() if name.startswith(key)), "")


def _may_allow(statement: PolicyStatement, action: str) -> bool:
    if not statement.is_allow:
        return False
    return "Action" not in statement.data or any(
        UNKNOWN_TEXT in text or matches_wildcards(action, text, match_case=False)
        for texts in statement.actions
        for text in texts or (UNKNOWN_TEXT,)
    )


def _several_audiences(statement: PolicyStatement) -> _Found:
    for entry in statement.condition_entries:
        is_any = entry.operator is not None and entry.operator.quantifier == "foranyvalue"
        if is_any and entry.key.lower().endswith(":aud"):
            yield (
                statement.place(*entry.names),
                f"A request has one value of {entry.key}. Remove ForAnyValue.",
            )


def _missing_for_roles_anywhere(policy: tuple[PolicyStatement, ...]) -> _Found:
    trusted = [
        (statement, path)
        for statement in policy
        if statement.is_allow
        for texts, path in statement.principals("Service")
        if texts == (_ROLES_ANYWHERE,)
    ]
    statements = [statement for statement, _ in trusted]
    missing = [
        action
        for action in _OF_ROLES_ANYWHERE
        if not any(_may_allow(statement, action) for statement in statements)
    ]
    if trusted and missing:
        names = " and ".join(missing)
        yield trusted[0][1], f"Allow {names}, too, which IAM Roles Anywhere needs."

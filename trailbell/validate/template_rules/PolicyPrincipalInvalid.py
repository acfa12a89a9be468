"""The rule W9851: principals that IAM rejects."""

import re
from collections.abc import Iterator, Mapping

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, is_intrinsic
from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements
from trailbell.validate.policy_texts import is_known

_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_PATTERN = re.compile(r"arn:.*[*?].*|\d+[*?]\d*")
_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_DOMAIN = re.compile(r".+\.(amazonaws\.[a-z.]+|amazon\.com|aws\.internal|aws\.amazon\.com)")


class PolicyPrincipalInvalid(CloudFormationLintRule):
    """A principal is an account, a user or role by its whole ARN, a service or a provider. IAM
    rejects other kinds, and patterns of ARNs, when the stack is deployed: a pattern belongs in a
    condition on `aws:PrincipalArn`.

    ## Fails

    ```yaml
    Resources:
      DeployRole:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/ci-*"}
                Action: sts:AssumeRole
    ```

    ## Passes

    ```yaml
    Resources:
      DeployRole:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
                Action: sts:AssumeRole
                Condition:
                  ArnLike:
                    aws:PrincipalArn: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/ci-*
    ```

    ## Silent

    - Everyone (`*`), which `principal-star-without-condition` judges.
    - Sessions of roles, identities of CloudFront, canonical users.
    - Principals that an intrinsic function or a parameter decides.
    - Misspelled services with the domain of AWS: `policy-service-principal-unknown` reports them.
    """

    id = "W9851"
    shortdesc = "policy-principal-invalid"
    description = "The principals of a policy have a kind and a form that IAM accepts"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(path, message)
            for statement in policy_statements(cfn)
            for path, message in _findings(statement)
        ]


def _findings(statement: PolicyStatement) -> Iterator[tuple[TemplatePath, str]]:
    yield from _kinds(statement)
    yield from _patterns(statement)
    yield from _services(statement)
    if statement.kind is PolicyKind.RESOURCE:
        for _, path in statement.principals("Federated"):
            yield (
                path,
                (
                    "Only the trust policy of a role can name an identity provider. Name the role "
                    "that its users assume."
                ),
            )


def _kinds(statement: PolicyStatement) -> Iterator[tuple[TemplatePath, str]]:
    for name in ("Principal", "NotPrincipal"):
        for principal, path in branches(statement.data.get(name), (name,)):
            if not isinstance(principal, Mapping) or is_intrinsic(principal):
                continue
            for kind in principal:
                if kind not in _KINDS:
                    known = f"{', '.join(_KINDS[:-1])} or {_KINDS[-1]}"
                    message = f"There is no kind of principal {kind}. Use {known}."
                    yield statement.place(*path, kind), message


def _patterns(statement: PolicyStatement) -> Iterator[tuple[TemplatePath, str]]:
    for texts, path in statement.principals("AWS"):
        if texts and all(_PATTERN.fullmatch(text) for text in texts):
            message = (
                "A principal cannot be a pattern. Name an account, and add a condition on "
                "aws:PrincipalArn."
            )
            yield path, message


def _services(statement: PolicyStatement) -> Iterator[tuple[TemplatePath, str]]:
    for texts, path in statement.principals("Service"):
        text = texts[0] if len(texts) == 1 and is_known(texts) else ""
        if _NAME.fullmatch(text) and not _DOMAIN.fullmatch(text):
            suggestion = f"{text.partition('.')[0]}.amazonaws.com"
            yield path, f"{text} is no service principal. Write {suggestion}."

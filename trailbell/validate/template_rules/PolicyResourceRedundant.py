"""The rule W9850: resources that another resource of the statement includes."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches
from trailbell.template.policy import matches_wildcards
from trailbell.validate.policies import PolicyStatement, policy_statements


class PolicyResourceRedundant(CloudFormationLintRule):
    """A resource that a pattern next to it includes changes nothing. It takes room in a policy,
    which has a quota, and who removes it believes that access to it ends. If the pattern is more
    than is needed, it is the one to remove.

    ## Fails

    ```yaml
    Resources:
      DeployPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource:
                  - !Sub arn:${AWS::Partition}:s3:::reports/*
                  - !Sub arn:${AWS::Partition}:s3:::reports/2026/*
    ```

    ## Passes

    ```yaml
    Resources:
      DeployPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
    ```

    ## Silent

    - Resources that an intrinsic function or a parameter decides. Texts of `Fn::Sub` are compared.
    - Patterns that overlap, and the values of `Fn::If`, of which a policy has one.
    - A bucket or a pattern of buckets and its objects, and resources of other statements.
    """

    id = "W9850"
    shortdesc = "policy-resource-redundant"
    description = "A statement names no resource that another of its resources includes"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-resource"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place("Resource"), _message(redundant))
            for statement in policy_statements(cfn)
            if (redundant := [*_redundant(statement)])
        ]


def _message(redundant: list[tuple[str, str]]) -> str:
    text, other = redundant[0]
    more = f" The statement has {len(redundant) - 1} more." if redundant[1:] else ""
    if text == other:
        return f"The resource {text} is repeated. Remove one of them.{more}"
    return f"The resource {text} is included in {other}. Remove one of them.{more}"


def _redundant(statement: PolicyStatement) -> Iterator[tuple[str, str]]:
    """Each resource that another one includes, and the other one."""
    for resources, _ in branches(statement.data.get("Resource")):
        if isinstance(resources, list):
            yield from _redundant_in(resources)


def _redundant_in(resources: list[Any]) -> Iterator[tuple[str, str]]:
    """The same for one list. Of an entry with ``Fn::If``, only one value is in the policy."""
    texts = [
        text
        for resource in resources
        for text in [resource.get("Fn::Sub") if isinstance(resource, dict) else resource]
        if isinstance(text, str)
    ]
    for index, text in enumerate(texts):
        for other_index, other in enumerate(texts):
            is_repeated = text == other and other_index < index
            if is_repeated or (text != other and _includes(other, text)):
                yield text, other
                break


def _includes(pattern: str, text: str) -> bool:
    """Whether a pattern includes a resource that is not there on purpose.

    A pattern of buckets includes their objects, because a star matches slashes. Who writes both
    says that both are meant.
    """
    is_of_buckets = ":s3:::" in pattern and "/" not in pattern.rpartition(":::")[2]
    if "*" not in pattern or (is_of_buckets and text == f"{pattern}/*"):
        return False
    return matches_wildcards(text, pattern)

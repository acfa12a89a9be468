"""The rule W9848: empty lists and objects in statements."""

from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.condition_operators import parse_operator
from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, is_intrinsic
from trailbell.validate.policies import PolicyStatement, policy_statements

_Found = Iterator[tuple[TemplatePath, str]]


class PolicyElementEmpty(CloudFormationLintRule):
    """A statement with an empty list of resources or principals applies to nothing. A condition
    without a value is never true, or with `ForAllValues` or `IfExists` only without its key. Such a
    list is left over from an edit, or a generator wrote it.

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
                Action: [s3:GetObject, s3:PutObject]
                Resource: []
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
                Action: [s3:GetObject, s3:PutObject]
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
    ```

    ## Silent

    - Lists that an intrinsic function decides, and entries that a condition may leave out.
    - An empty `Action`, which cfn-lint reports, and an empty text, which a tag can have.
    """

    id = "W9848"
    shortdesc = "policy-element-empty"
    description = "The elements of a statement are not empty"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-empty-array-resource"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                statement.place(*path),
                f"{path[-1]} is empty, so that {result}. Add a value, or remove it.",
            )
            for statement in policy_statements(cfn)
            for path, result in _empty(statement)
        ]


def _empty(statement: PolicyStatement) -> _Found:
    for name in ("Resource", "NotResource"):
        if statement.data.get(name) == []:
            yield (name,), "the statement applies to nothing"
    for name in ("Principal", "NotPrincipal"):
        for principal, path in branches(statement.data.get(name), (name,)):
            if principal in ({}, []):
                yield path, "the statement applies to no one"
            for kind in _without_value(principal):
                yield (*path, kind), "it names no one"
    yield from _empty_conditions(statement)


def _empty_conditions(statement: PolicyStatement) -> _Found:
    for condition, path in branches(statement.data.get("Condition"), ("Condition",)):
        for operator, keys in _members(condition):
            if keys == {}:
                yield (*path, operator), "it compares nothing"
            for key in _without_value(keys):
                yield (*path, operator, key), _of_no_value(operator)


def _of_no_value(name: str) -> str:
    """What a condition without a value means.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    has it for ``ForAllValues`` and ``IfExists``.
    """
    operator = parse_operator(name)
    if operator is None or operator.family == "Null":
        return "it compares nothing"
    if operator.quantifier == "forallvalues" or operator.if_exists:
        return "the condition is true only without the key, for which Null is clearer"
    return (
        "the condition excludes nothing" if operator.is_negated else "the condition is never true"
    )


def _without_value(value: Any) -> Iterator[str]:
    return (name for name, member in _members(value) if member == [])


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """The members of an object that is no intrinsic function."""
    if isinstance(value, Mapping) and not is_intrinsic(value):
        yield from value.items()

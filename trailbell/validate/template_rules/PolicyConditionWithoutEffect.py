"""The rule W9836: conditions that are always true, or never."""

from collections.abc import Iterator, Mapping

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches
from trailbell.validate.condition_effects import ineffective_conditions
from trailbell.validate.policies import ConditionEntry, PolicyStatement, policy_statements


class PolicyConditionWithoutEffect(CloudFormationLintRule):
    """A condition that every request meets limits nothing, although a reader believes that it does:
    `0.0.0.0/0`, any account, both Boolean values. One that no request meets gives nothing.

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
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
                Condition:
                  IpAddress: {aws:SourceIp: [203.0.113.0/24, 0.0.0.0/0]}
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
                Condition:
                  IpAddress: {aws:SourceIp: 203.0.113.0/24}
    ```

    ## Silent

    - Values that an intrinsic function decides, and patterns that may have a text in common.
    - Conditions that ask whether a key is there, together with its value.
    """

    id = "W9836"
    shortdesc = "policy-condition-without-effect"
    description = "A condition is true for some requests, and false for others"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place(*entry.names), message)
            for statement in policy_statements(cfn)
            for branch in statement.conditions
            for entry, message in (
                *ineffective_conditions(branch or ()),
                *_never_met_by_services(statement, branch or ()),
            )
        ]


def _never_met_by_services(
    statement: PolicyStatement, branch: tuple[ConditionEntry, ...]
) -> Iterator[tuple[ConditionEntry, str]]:
    """The conditions on an organization of principals that are all services.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
    """
    principals = [principal for principal, _ in branches(statement.data.get("Principal"))]
    if not principals or not all(
        isinstance(principal, Mapping) and set(principal) == {"Service"} for principal in principals
    ):
        return
    for entry in branch:
        needs_key = entry.operator is not None and entry.operator.needs_key
        if needs_key and entry.is_on("aws:principalorgid", "aws:principalorgpaths"):
            yield (
                entry,
                (
                    f"A service is in no organization, so that {entry.key} is never in its requests. "
                    "Use aws:SourceOrgID."
                ),
            )

"""The rule W9843: actions that another action of the statement includes."""

from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.policy import matches_wildcards
from trailbell.validate.policies import PolicyStatement, policy_statements


class PolicyActionRedundant(CloudFormationLintRule):
    """An action that a pattern next to it includes gives nothing. It takes room in a policy, which
    has a quota, and who removes the action believes that it is no longer allowed. If the pattern is
    more than is needed, it is the one to remove, as below.

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
                Action: [s3:GetObject, s3:GetObjectTagging, s3:Get*]
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
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
                Action: [s3:GetObject, s3:GetObjectTagging]
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
    ```

    ## Silent

    - Actions that an intrinsic function or a parameter decides.
    - Patterns that overlap without one including the other, and actions of other statements.
    """

    id = "W9843"
    shortdesc = "policy-action-redundant"
    description = "A statement names no action that another of its actions includes"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-action"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place(name, redundant[0][0]), _message(redundant))
            for statement in policy_statements(cfn)
            for name in ("Action", "NotAction")
            if (redundant := [*_redundant(statement, name)])
        ]


def _message(redundant: list[tuple[int, str, str]]) -> str:
    _, action, other = redundant[0]
    more = f" The statement has {len(redundant) - 1} more." if redundant[1:] else ""
    if action.lower() == other.lower():
        return f"The action {action} is repeated. Remove one of them.{more}"
    return f"The action {action} is included in {other}. Remove it.{more}"


def _redundant(statement: PolicyStatement, name: str) -> Iterator[tuple[int, str, str]]:
    """Index and name of each action that another one includes, and the other one."""
    actions = statement.data.get(name)
    if not isinstance(actions, list):
        return
    texts = [(i, str(action)) for i, action in enumerate(actions) if isinstance(action, str)]
    patterns = [(i, text) for i, text in texts if "*" in text or "?" in text]
    first: dict[str, tuple[int, str]] = {}
    for index, action in texts:
        first_index, repeated = first.setdefault(action.lower(), (index, action))
        if first_index != index:
            yield index, action, repeated
            continue
        for other_index, other in patterns:
            is_other = index != other_index and action.lower() != other.lower()
            # The same first letter, before a pattern is compiled.
            may_match = other[0] in "*?" or other[0].lower() == action[:1].lower()
            if is_other and may_match and matches_wildcards(action, other, match_case=False):
                yield index, action, other
                break

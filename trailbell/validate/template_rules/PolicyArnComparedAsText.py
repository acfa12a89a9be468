"""The rule I9858: ARNs that are compared as text."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.condition_keys import key_type
from trailbell.validate.policies import ConditionEntry, policy_statements


class PolicyArnComparedAsText(CloudFormationLintRule):
    """`ArnLike` compares the parts of an ARN one by one, so that a wildcard in the account cannot reach into
    the name of the resource. `StringLike` compares the whole text. It is information and no warning,
    because few resources have names with colons.

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
                  StringLike: {aws:PrincipalArn: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/ci-*"}
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
                  ArnLike: {aws:PrincipalArn: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/ci-*"}
    ```

    ## Silent

    - `StringEquals`, for which the ARNs must be the same.
    - Keys whose values are not ARNs, and keys of which AWS's service reference has no type.
    """

    id = "I9858"
    shortdesc = "policy-arn-compared-as-text"
    description = "A condition compares ARNs with an operator of ARNs"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-string-like-operator-with-arn-condition-keys"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                statement.place(*entry.names),
                f"{entry.operator_name} compares {entry.key} as text. Use {_replacement(entry)}.",
            )
            for statement in policy_statements(cfn)
            for entry in statement.condition_entries
            if _is_compared_as_text(entry)
        ]


def _is_compared_as_text(entry: ConditionEntry) -> bool:
    operator = entry.operator
    if operator is None or operator.name not in ("StringLike", "StringNotLike"):
        return False
    return key_type(entry.key) == "ARN"


def _replacement(entry: ConditionEntry) -> str:
    """The operator of ARNs, with the same prefix and suffix."""
    quantifier, colon, name = entry.operator_name.rpartition(":")
    is_negated = entry.operator is not None and entry.operator.is_negated
    suffix = "IfExists" if name.lower().endswith("ifexists") else ""
    return f"{quantifier}{colon}{'ArnNotLike' if is_negated else 'ArnLike'}{suffix}"

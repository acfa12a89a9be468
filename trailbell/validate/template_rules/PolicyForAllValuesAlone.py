"""The rule W9837: conditions with ForAllValues alone."""

from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.policies import (
    ConditionEntry,
    PolicyKind,
    PolicyStatement,
    policy_statements,
)

# Requests for which AWS documents ForAllValues alone have these keys.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
_ALWAYS_SENT = ("dynamodb:", "kms:", "route53:")


class PolicyForAllValuesAlone(CloudFormationLintRule):
    """`ForAllValues` is also true if a request does not have the key at all. In a statement that
    allows, a request without any tags, or without the key, then meets the condition.

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
                Action: ec2:CreateTags
                Resource: "*"
                Condition:
                  ForAllValues:StringEquals: {aws:TagKeys: [team, stage]}
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
                Action: ec2:CreateTags
                Resource: "*"
                Condition:
                  ForAllValues:StringEquals: {aws:TagKeys: [team, stage]}
                  "Null": {aws:TagKeys: "false"}
    ```

    ## Silent

    - Statements that deny, and policies of an organization, which give nothing.
    - Any second condition without `IfExists`, such as `Null` or a tag: it limits the statement.
    - Keys of DynamoDB, KMS and Route 53, for which AWS documents `ForAllValues` alone.
    - Conditions that a parameter or an intrinsic function decides.
    """

    id = "W9837"
    shortdesc = "policy-for-all-values-alone"
    description = "A statement that allows does not rely on ForAllValues alone"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                statement.place(*entry.names),
                f"{entry.operator_name} is also true for a request without {entry.key}. Add "
                f'"Null": {{"{entry.key}": "false"}}.',
            )
            for statement in policy_statements(cfn)
            if statement.is_allow and statement.kind is not PolicyKind.ORGANIZATION
            for entry in _entries(statement)
        ]


def _entries(statement: PolicyStatement) -> Iterator[ConditionEntry]:
    for branch in statement.conditions:
        if branch and all(map(_is_met_without_key, branch)):
            yield from (
                entry
                for entry in branch
                if entry.operator
                and entry.operator.quantifier == "forallvalues"
                and not entry.key.lower().startswith(_ALWAYS_SENT)
            )


def _is_met_without_key(entry: ConditionEntry) -> bool:
    operator = entry.operator
    return operator is not None and (operator.quantifier == "forallvalues" or operator.if_exists)

"""The rule W9847: keys with several values that are compared like one with a single value."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.policies import ConditionEntry, policy_statements

# "Value type: Multivalued":
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_MULTIVALUED = {
    *("aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist"),
    *("aws:resourceorgpaths", "aws:sourceorgpaths", "aws:tagkeys", "aws:vpceorgpaths"),
}


class PolicyMultivaluedKey(CloudFormationLintRule):
    """A request can have several values of keys such as `aws:CalledVia`. A condition without
    `ForAnyValue` or `ForAllValues` does not say whether one of them or each has to match, and AWS
    documents no result for it.

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
                Action: ec2:RunInstances
                Resource: "*"
                Condition:
                  StringEquals: {aws:CalledVia: cloudformation.amazonaws.com}
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
                Action: ec2:RunInstances
                Resource: "*"
                Condition:
                  ForAnyValue:StringEquals: {aws:CalledVia: cloudformation.amazonaws.com}
    ```

    ## Silent

    - Keys of services: the service reference of AWS gives several values to some keys of which each
      request has one.
    - `Null`, which asks whether the key is there, and tags, which have one value each.
    - Conditions that a parameter or an intrinsic function decides.
    """

    id = "W9847"
    shortdesc = "policy-multivalued-key"
    description = "A condition on a key with several values has ForAnyValue or ForAllValues"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-qualifier"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                statement.place(*entry.names),
                f"A request can have several values of {entry.key}. Use ForAnyValue:"
                f"{entry.operator_name} or ForAllValues:{entry.operator_name}.",
            )
            for statement in policy_statements(cfn)
            for entry in statement.condition_entries
            if _is_without_qualifier(entry)
        ]


def _is_without_qualifier(entry: ConditionEntry) -> bool:
    operator = entry.operator
    return (
        operator is not None
        and not operator.quantifier
        and operator.family != "Null"
        and entry.key.lower() in _MULTIVALUED
    )

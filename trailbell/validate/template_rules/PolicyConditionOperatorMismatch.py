"""The rule W9831: operators of another type than their condition key."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.condition_keys import key_type
from trailbell.iam.condition_operators import compares
from trailbell.validate.policies import ConditionEntry, policy_statements

_OPERATORS = {
    "String": "StringEquals or StringLike",
    "ARN": "ArnEquals or ArnLike",
    "Bool": "Bool",
    "Numeric": "NumericEquals or another Numeric operator",
    "Date": "DateLessThan or another Date operator",
    "IPAddress": "IpAddress or NotIpAddress",
}


class PolicyConditionOperatorMismatch(CloudFormationLintRule):
    """An operator compares one type. An address that is compared as text never equals a range, and
    a number that is compared as text is not less than another one. The condition is then never
    true, or always.

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
                  StringEquals: {aws:SourceIp: 203.0.113.0/24}
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

    - Text for ARNs, which `StringLike` also compares.
    - Keys whose type AWS does not publish, and tags, which can be anything.
    - Boolean values of services that are compared as the text `true` or `false`, as in
      policies of AWS.
    - Whether a key is there: `Null` fits every type.
    """

    id = "W9831"
    shortdesc = "policy-condition-operator-mismatch"
    description = "A condition operator compares the type that its condition key has"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place(*entry.names), message)
            for statement in policy_statements(cfn)
            for entry in statement.condition_entries
            if (message := _message(entry))
        ]


def _message(entry: ConditionEntry) -> str:
    """What is wrong with the operator; empty if nothing is."""
    operator = entry.operator
    if operator is not None and operator.family == "Null" and operator.if_exists:
        return f"There is no operator {entry.operator_name}. Use Null."
    kind = _mismatch(entry)
    if not kind:
        return ""
    return (
        f"{entry.operator_name} cannot compare {entry.key}, which has the type {kind}. "
        f"Use {_OPERATORS[kind]}."
    )


def _mismatch(entry: ConditionEntry) -> str:
    """The type of the key if the operator cannot compare it; otherwise empty."""
    kind = key_type(entry.key)
    operator = entry.operator
    if not kind or operator is None or compares(operator, kind, entry.key):
        return ""
    is_global = entry.key.lower().startswith("aws:")
    is_tag = is_global and "/" in entry.key
    # The value of a tag can have any form. Services publish String for keys with ARNs, too.
    if kind == "String" and (is_tag or (operator.family == "ARN" and not is_global)):
        return ""
    # AWS's own policies compare Boolean values of services as texts, exactly as they are written.
    if kind == "Bool" and not is_global and set(entry.texts) <= {"true", "false"}:
        return ""
    return kind

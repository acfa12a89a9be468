"""The rule W9830: condition keys that AWS does not have."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.condition_keys import is_unknown_key, similar_key
from trailbell.validate.policies import policy_statements


class PolicyConditionKeyUnknown(CloudFormationLintRule):
    """IAM accepts any condition key. One that no request has makes a condition that is never true,
    so that a permission is missing; or, with a negated operator or `IfExists`, one that is always
    true, so that everyone has the permission.

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
                  StringEquals: {aws:PrincipalOrganizationID: o-a1b2c3d4e5}
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
                  StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}
    ```

    ## Silent

    - Keys of identity providers, and keys with a part that the caller chooses, such as tags.
    - Keys that are written in any case, and keys with a variable.
    - Conditions that an intrinsic function or a parameter decides.
    - Keys of services that AWS's service reference does not have.
    """

    id = "W9830"
    shortdesc = "policy-condition-key-unknown"
    description = "A policy has only condition keys that AWS has"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-global-condition-key"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place(*entry.names), _message(entry.key))
            for statement in policy_statements(cfn)
            for entry in statement.condition_entries
            if "${" not in entry.key and is_unknown_key(entry.key)
        ]


def _message(key: str) -> str:
    similar = similar_key(key)
    hint = f" Did you mean {similar}?" if similar else " Remove it, or name a key of the service."
    return f"There is no condition key {key}, so that no request has it.{hint}"

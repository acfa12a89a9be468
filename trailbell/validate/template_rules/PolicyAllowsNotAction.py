"""The rule W9841: statements that allow everything but some actions."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements

_GIVING = {PolicyKind.IDENTITY, PolicyKind.RESOURCE, PolicyKind.TRUST}


class PolicyAllowsNotAction(CloudFormationLintRule):
    """`NotAction` in a statement that allows gives all other actions of all services, also of those
    that AWS adds later. In a statement that denies, it is right.

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
                NotAction: [iam:*, organizations:*]
                Resource: "*"
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
                Action: [ec2:*, s3:*, logs:*]
                Resource: "*"
    ```

    ## Silent

    - Statements that deny, permissions boundaries and policies of an organization.
    - Statements that name resources, whose service decides what can be done with them, and resources
      from a parameter.
    - Policies of endpoints, which give no permission.
    """

    id = "W9841"
    shortdesc = "policy-allows-not-action"
    description = "A statement that allows names its actions"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                statement.place("NotAction"),
                "The statement allows all actions but those in NotAction, also those of services "
                "that AWS adds. Name the actions in Action.",
            )
            for statement in policy_statements(cfn)
            if statement.kind in _GIVING and statement.is_allow and _is_open(statement)
        ]


def _is_open(statement: PolicyStatement) -> bool:
    everything = (
        ("*",) in statement.resources
        or statement.is_on_all_but_some
        or statement.kind is PolicyKind.TRUST
    )
    return "NotAction" in statement.data and everything

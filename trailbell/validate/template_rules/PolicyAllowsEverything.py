"""The rule W9842: policies that allow every action on every resource."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements


class PolicyAllowsEverything(CloudFormationLintRule):
    """Every permission that a policy gives is one that an attacker gets with the credentials. A
    policy with `Action: "*"` on `Resource: "*"` makes each user, role and function that has it an
    administrator.

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
                Action: "*"
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
                Action: [lambda:GetFunction, lambda:UpdateFunctionCode]
                Resource: !Sub >-
                  arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:app-*
    ```

    ## Silent

    - Every action of one service, and statements with a condition or with resources.
    - Actions, resources and conditions that a parameter decides.
    - Permissions boundaries, policies of an organization and endpoint policies, which give no
      permission.
    """

    id = "W9842"
    shortdesc = "policy-allows-everything"
    description = "An identity policy does not allow every action on every resource"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                statement.place("Action"),
                "The statement allows every action on every resource. Name the actions, or attach "
                "the AWS managed policy AdministratorAccess to say that this is meant.",
            )
            for statement in policy_statements(cfn)
            if statement.kind is PolicyKind.IDENTITY and _is_administrator(statement)
        ]


def _is_administrator(statement: PolicyStatement) -> bool:
    actions = set(statement.actions)
    return (
        statement.is_allow
        and bool(actions & {("*",), ("*:*",)})
        and (("*",) in statement.resources or statement.is_on_all_but_some)
        and () in statement.conditions
    )

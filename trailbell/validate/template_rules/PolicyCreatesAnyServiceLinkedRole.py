"""The rule W9844: service-linked roles for any service."""

import re

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.policy import matches_wildcards
from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements

_ANY_ROLE = re.compile(
    r"\*|arn:[^:]*:iam::[^:]*:(\*|role/(aws-service-role/(\*(\.amazonaws\.com)?/)?)?\*)"
)


class PolicyCreatesAnyServiceLinkedRole(CloudFormationLintRule):
    """A service-linked role has the permissions that its service needs. Who may create one for any
    service gives services access to the account that no one has decided on.

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
                Action: iam:CreateServiceLinkedRole
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
                Action: iam:CreateServiceLinkedRole
                Resource: "*"
                Condition:
                  StringEquals: {iam:AWSServiceName: autoscaling.amazonaws.com}
    ```

    ## Silent

    - Statements whose resource is the path of one service, or a role from a parameter.
    - A condition on `iam:AWSServiceName`.
    - Statements that deny, permissions boundaries and policies of an organization.
    - Every action of IAM, which gives more than this.
    """

    id = "W9844"
    shortdesc = "policy-creates-any-service-linked-role"
    description = "A policy that allows iam:CreateServiceLinkedRole says for which service"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-create-slr-with-star-in-resource"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                statement.place("Resource"),
                "iam:CreateServiceLinkedRole for all services lets each of them into the account. "
                "Add a condition on iam:AWSServiceName.",
            )
            for statement in policy_statements(cfn)
            if statement.kind is PolicyKind.IDENTITY and _creates_any_role(statement)
        ]


def _creates_any_role(statement: PolicyStatement) -> bool:
    named = {text.lower() for texts in statement.actions for text in texts}
    actions = {text for text in named if text.startswith("iam:") and text != "iam:*"}
    return (
        statement.is_allow
        and any(matches_wildcards("iam:createservicelinkedrole", action) for action in actions)
        and (
            statement.is_on_all_but_some
            or any(len(t) == 1 and _ANY_ROLE.fullmatch(t[0]) for t in statement.resources)
        )
        and not statement.has_condition_on("iam:awsservicename")
    )

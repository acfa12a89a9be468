"""The rule W9840: iam:PassRole on all roles."""

import re

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.policy import matches_wildcards
from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements

_ANY_ROLE = re.compile(r"\*|arn:[^:]*:iam::[^:]*:(\*|role/\*)")
_LIMITS = ("iam:passedtoservice", "iam:associatedresourcearn")


class PolicyPassesAnyRole(CloudFormationLintRule):
    """A user who can pass every role can act with the permissions of every role.

    An instance, function or task gets the role that its creator passes to it. A policy that allows
    `iam:PassRole` on all roles lets its user start one with the role of an administrator, and run
    commands there.

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
                Action: [lambda:CreateFunction, lambda:UpdateFunctionCode, iam:PassRole]
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
                Action: [lambda:CreateFunction, lambda:UpdateFunctionCode]
                Resource: "*"
              - Effect: Allow
                Action: iam:PassRole
                Resource: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/functions/*
                Condition:
                  StringEquals:
                    iam:PassedToService: lambda.amazonaws.com
    ```

    ## Silent

    - Roles with a prefix or a path, and roles that an intrinsic function decides.
    - A condition on `iam:PassedToService` or `iam:AssociatedResourceArn`.
    - Permissions boundaries and policies of an organization, which give no permission.
    - A statement that allows every action of every service: `policy-allows-everything` judges it.
    """

    id = "W9840"
    shortdesc = "policy-passes-any-role"
    description = "A policy that allows iam:PassRole says which roles, or to which service"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-pass-role-with-star-in-resource"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                statement.place("Resource"),
                "iam:PassRole on all roles gives the permissions of each of them. Name the roles "
                f"in Resource, or add a condition on iam:PassedToService{_where(statement)}.",
            )
            for statement in policy_statements(cfn)
            if statement.kind is PolicyKind.IDENTITY and _passes_any_role(statement)
        ]


def _passes_any_role(statement: PolicyStatement) -> bool:
    # Every action of every service is the finding of another rule.
    actions = [text.lower() for texts in statement.actions for text in texts]
    return (
        statement.is_allow
        and any(a.startswith("iam:") and matches_wildcards("iam:passrole", a) for a in actions)
        and (
            statement.is_on_all_but_some
            or any(len(t) == 1 and _ANY_ROLE.fullmatch(t[0]) for t in statement.resources)
        )
        and not statement.has_condition_on(*_LIMITS)
    )


def _where(statement: PolicyStatement) -> str:
    """Where the condition belongs, which the other actions of a statement would never meet."""
    others = [t for texts in statement.actions for t in texts if t.lower() != "iam:passrole"]
    return ", in a statement of its own" if others else ""

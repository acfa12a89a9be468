"""Every action on every resource is the right of an administrator."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements


class PolicyAllowsEverything(CloudFormationLintRule):
    id = "W9842"
    shortdesc = "policy-allows-everything"
    description = "An identity policy does not allow every action on every resource"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Silent for permissions boundaries, policies of an organization and statements with a
        condition."""
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
        and ("*",) in statement.resources
        and () in statement.conditions
    )

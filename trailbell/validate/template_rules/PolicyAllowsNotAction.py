"""NotAction with Allow gives every action of every service but some, also of future services."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements

_GIVING = {PolicyKind.IDENTITY, PolicyKind.RESOURCE, PolicyKind.TRUST}


class PolicyAllowsNotAction(CloudFormationLintRule):
    id = "W9841"
    shortdesc = "policy-allows-not-action"
    description = "A statement that allows names its actions"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Silent for named resources, whose service decides what can be done with them."""
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
    everything = ("*",) in statement.resources or statement.kind is PolicyKind.TRUST
    return "NotAction" in statement.data and everything

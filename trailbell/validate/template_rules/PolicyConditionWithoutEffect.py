"""A condition that is always true restricts nothing; one that is never true disables a statement."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.condition_effects import ineffective_conditions
from trailbell.validate.policies import policy_statements


class PolicyConditionWithoutEffect(CloudFormationLintRule):
    id = "W9836"
    shortdesc = "policy-condition-without-effect"
    description = "A condition is true for some requests, and false for others"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Silent for values that an intrinsic function decides, and for keys that may be missing."""
        return [
            RuleMatch(statement.place(*entry.names), message)
            for statement in policy_statements(cfn)
            for branch in statement.conditions
            for entry, message in ineffective_conditions(branch or ())
        ]

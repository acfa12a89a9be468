"""A policy without a condition that allows all principals is public."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.policy import POLICIES, is_public_principal, statements
from trailbell.template.resources import resources_of_type


class PrincipalStarWithoutCondition(CloudFormationLintRule):
    id = "E9807"
    shortdesc = "principal-star-without-condition"
    description = 'A policy with Principal "*" has a condition'
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                (*path, "Principal"),
                "The statement allows all principals. Name a principal, or add a condition.",
            )
            for resource_type, names in POLICIES.items()
            for logical_id, properties in resources_of_type(cfn.template, resource_type)
            for name in names
            for statement, path in statements(
                _as_policy(properties.get(name), name),
                ("Resources", logical_id, "Properties", name),
            )
            if statement.get("Effect") == "Allow"
            and _unconditional(statement.get("Condition"))
            and is_public_principal(statement.get("Principal"))
        ]


def _as_policy(value: Any, name: str) -> Any:
    """An event bus policy has a single statement instead of a policy document."""
    return {"Statement": value} if name == "Statement" else value


def _unconditional(condition: Any) -> bool:
    """Whether the condition is missing in at least one branch."""
    match condition:
        case {"Fn::If": [_, yes, no]}:
            return _unconditional(yes) or _unconditional(no)
        case _:
            return not condition or condition == {"Ref": "AWS::NoValue"}

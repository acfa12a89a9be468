"""A policy that lets everybody in."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.document import POLICIES, listed, resources, statements


class PrincipalStarWithoutCondition(CloudFormationLintRule):
    id = "E9807"
    shortdesc = "principal-star-without-condition"
    description = "A policy that allows something to everybody has a condition"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch([*at, "Principal"], "allows everybody; name a principal or add a condition")
            for resource_type, names in POLICIES.items()
            for logical_id, properties in resources(cfn.template, resource_type)
            for name in names
            for statement, at in statements(
                _as_policy(properties.get(name), name),
                ["Resources", logical_id, "Properties", name],
            )
            if statement.get("Effect") == "Allow"
            and not statement.get("Condition")
            and _everybody(statement.get("Principal"))
        ]


def _as_policy(value: Any, name: str) -> Any:
    """An event bus takes a single statement where others take a document."""
    return {"Statement": value} if name == "Statement" else value


def _everybody(principal: Any) -> bool:
    match principal:
        case "*":
            return True
        case {"AWS": who}:
            return any(entry == "*" for entry, _ in listed(who, []))
        case _:
            return False

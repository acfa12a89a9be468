"""Who can pass any role to any service can act with the permissions of each of them."""

import re

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.policy import matches_wildcards
from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements

_ANY_ROLE = re.compile(r"\*|arn:[^:]*:iam::[^:]*:(\*|role/\*)")
_LIMITS = ("iam:passedtoservice", "iam:associatedresourcearn")


class PolicyPassesAnyRole(CloudFormationLintRule):
    id = "W9840"
    shortdesc = "policy-passes-any-role"
    description = "A policy that allows iam:PassRole says which roles, or to which service"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-pass-role-with-star-in-resource"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Silent for permissions boundaries and policies of an organization, which give nothing."""
        return [
            RuleMatch(
                statement.place("Resource"),
                "iam:PassRole on all roles gives the permissions of each of them. Name the roles "
                "in Resource, or add a condition on iam:PassedToService.",
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
        and any(len(t) == 1 and _ANY_ROLE.fullmatch(t[0]) for t in statement.resources)
        and not statement.has_condition_on(*_LIMITS)
    )

"""A condition on a key that no request has is never met, or always."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.condition_keys import is_unknown_key, similar_key
from trailbell.validate.policies import policy_statements


class PolicyConditionKeyUnknown(CloudFormationLintRule):
    id = "W9830"
    shortdesc = "policy-condition-key-unknown"
    description = "A policy has only condition keys that AWS has"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-global-condition-key"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Silent for keys of identity providers, and for names with a variable."""
        return [
            RuleMatch(statement.place(*entry.names), _message(entry.key))
            for statement in policy_statements(cfn)
            for entry in statement.condition_entries
            if "${" not in entry.key and is_unknown_key(entry.key)
        ]


def _message(key: str) -> str:
    similar = similar_key(key)
    hint = f" Did you mean {similar}?" if similar else " Remove it, or name a key of the service."
    return f"There is no condition key {key}, so that no request has it.{hint}"

"""EventBridge delivers to queues, topics and functions of the Region of the rule only."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.validate.rule_targets import RuleTarget, literal_arn, rule_targets

# An event bus can be in another Region.
_REGIONAL = ("kinesis", "lambda", "sns", "sqs", "states")
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html
_CROSS_ACCOUNT = ("events", "execute-api", "kinesis", "lambda", "sns", "sqs")


class RuleTargetElsewhere(CloudFormationLintRule):
    id = "E9825"
    shortdesc = "rule-target-elsewhere"
    description = "The targets and dead-letter queues of a rule are where EventBridge delivers to"
    source_url = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html"
    )
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """A Region is only reported if the same rule names another one, because it is in one."""
        by_rule: dict[str, list[RuleTarget]] = {}
        for target in rule_targets(cfn.template):
            by_rule.setdefault(target.rule, []).append(target)
        return [
            RuleMatch(path, message)
            for targets in by_rule.values()
            for path, message in (*_other_regions(targets), *_other_accounts(targets))
        ]


def _other_regions(targets: list[RuleTarget]) -> Iterator[tuple[TemplatePath, str]]:
    first = ""
    for target in targets:
        for value, path in (*target.arns(), *target.queues()):
            arn = literal_arn(value)
            if arn is None or arn.service not in _REGIONAL or not arn.region:
                continue
            first = first or arn.region
            if arn.region != first:
                yield (
                    path,
                    (
                        f"The ARN is in {arn.region}, and another one of the same rule in {first}. "
                        "EventBridge delivers in the Region of the rule only. Use ${AWS::Region}, "
                        "or send the events to an event bus of the other Region."
                    ),
                )


def _other_accounts(targets: list[RuleTarget]) -> Iterator[tuple[TemplatePath, str]]:
    """Targets that only the account of the bus can have. That is the account of the role."""
    for target in targets:
        role = _account(target.properties.get("RoleArn"))
        for value, path in target.arns():
            arn = literal_arn(value)
            if arn is None or arn.service in _CROSS_ACCOUNT or not (role and arn.account):
                continue
            if arn.account != role:
                yield (
                    path,
                    (
                        f"The target is in account {arn.account}, but the role of the rule in "
                        f"{role}. EventBridge does not deliver to this service in other accounts. "
                        "Send the events to an event bus of the other account."
                    ),
                )


def _account(value: Any) -> str:
    arn = literal_arn(value)
    return arn.account if arn else ""

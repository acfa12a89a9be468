"""The rule E9825: targets in another Region or account."""

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
    """EventBridge delivers to queues, topics and functions in the Region of the rule only, and to
    most services in its account only. CloudFormation deploys such a rule, and the events are lost.

    ## Fails

    ```yaml
    Resources:
      Findings:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty], detail-type: [GuardDuty Finding]}
          Targets:
            - Id: queue
              Arn: !ImportValue findings-queue
            - Id: pipeline
              Arn: arn:aws:states:eu-west-1:111122223333:stateMachine:triage
              RoleArn: arn:aws:iam::123456789012:role/triage
    ```

    ## Passes

    ```yaml
    Resources:
      Findings:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty], detail-type: [GuardDuty Finding]}
          Targets:
            - Id: queue
              Arn: !ImportValue findings-queue
            - Id: pipeline
              Arn: !Sub >-
                arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:triage
              RoleArn: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/triage
    ```

    ## Silent

    - One literal Region, which may be that of the stack.
    - Event buses of other Regions and accounts, and queues, topics, streams and functions of other
      accounts, to which EventBridge delivers.
    - Accounts and Regions that a parameter decides.
    """

    id = "E9825"
    shortdesc = "rule-target-elsewhere"
    description = (
        "Targets and dead-letter queues are in a Region and account that the rule can reach"
    )
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

"""The rule E9822: topics and queues whose policy does not let EventBridge send."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.validate.eventbridge_access import (
    QUEUE,
    TOPIC,
    Access,
    PolicyTypes,
    access,
    policies_of,
)
from trailbell.validate.rule_targets import EVENTBRIDGE, rule_targets, target_resource


class RuleTargetRefusesEventBridge(CloudFormationLintRule):
    """The default policies of topics and queues do not let EventBridge in. Without a statement for
    it, CloudFormation deploys the rule, and each event is lost; only a metric of the rule says so.

    ## Fails

    ```yaml
    Resources:
      Findings:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty], detail-type: [GuardDuty Finding]}
          Targets:
            - Id: topic
              Arn: !Ref Topic
      Topic:
        Type: AWS::SNS::Topic
    ```

    ## Passes

    ```yaml
    Resources:
      Findings:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty], detail-type: [GuardDuty Finding]}
          Targets:
            - Id: topic
              Arn: !Ref Topic
      Topic:
        Type: AWS::SNS::Topic
      TopicPolicy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Topic]
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: events.amazonaws.com}
                Action: sns:Publish
                Resource: !Ref Topic
    ```

    ## Silent

    - Topics, queues and policies of other templates, and what a macro may add.
    - Targets with a role, whose permissions count; a dead-letter queue has none.
    - Principals, actions and conditions that a parameter decides.
    """

    id = "E9822"
    shortdesc = "rule-target-refuses-eventbridge"
    description = "The policy of a rule's topic or queue allows EventBridge to send to it"
    source_url = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"
    )
    tags = ["events", "sns", "sqs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        matches: list[RuleMatch] = []
        for target in rule_targets(cfn.template):
            arns = [] if target.has("RoleArn") else list(target.arns())
            for arn, path in arns:
                matches += _matches(cfn.template, TOPIC, arn, path)
            for arn, path in (*arns, *target.queues()):
                matches += _matches(cfn.template, QUEUE, arn, path)
        return matches


def _matches(
    document: Any, types: PolicyTypes, arn: Any, path: TemplatePath
) -> Iterator[RuleMatch]:
    logical_id = target_resource(document, arn, types.resource_type)
    if logical_id is None:
        return
    policies = policies_of(document, types, logical_id)
    if policies is None:
        return
    is_topic = types is TOPIC
    action = "sns:Publish" if is_topic else "sqs:SendMessage"
    # A condition on the ARN of the rule is documented for queues.
    result = access(policies, action, None if is_topic else frozenset())
    if result is Access.NOT_ALLOWED:
        yield RuleMatch(
            path,
            f"No policy of {logical_id} allows {EVENTBRIDGE} to send events to it. Allow {action} "
            "for this service principal.",
        )
    elif result is Access.ONLY_WITH_CONDITION:
        yield RuleMatch(
            path,
            f"The policy of {logical_id} allows {EVENTBRIDGE} to publish only under a condition, "
            "which topic policies do not support for EventBridge. Remove the Condition.",
        )

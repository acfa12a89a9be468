"""The rule E9824: FIFO queues as dead-letter queues of rules."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, strings
from trailbell.template.resources import resources_of_type
from trailbell.validate.rule_targets import rule_targets, target_resource


class DeadLetterQueueIsFifo(CloudFormationLintRule):
    """EventBridge sends events that it cannot deliver to standard queues only. With a FIFO queue,
    the stack fails to deploy, or the events are lost.

    ## Fails

    ```yaml
    Parameters:
      FunctionArn:
        Type: String
    Resources:
      LostEvents:
        Type: AWS::SQS::Queue
        Properties:
          FifoQueue: true
      LostEventsPolicy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref LostEvents]
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: events.amazonaws.com}
                Action: sqs:SendMessage
                Resource: !GetAtt LostEvents.Arn
                Condition:
                  StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}
      Nightly:
        Type: AWS::Events::Rule
        Properties:
          ScheduleExpression: cron(0 3 * * ? *)
          Targets:
            - Id: function
              Arn: !Ref FunctionArn
              DeadLetterConfig: {Arn: !GetAtt LostEvents.Arn}
    ```

    ## Passes

    ```yaml
    Parameters:
      FunctionArn:
        Type: String
    Resources:
      LostEvents:
        Type: AWS::SQS::Queue
      LostEventsPolicy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref LostEvents]
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: events.amazonaws.com}
                Action: sqs:SendMessage
                Resource: !GetAtt LostEvents.Arn
                Condition:
                  StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}
      Nightly:
        Type: AWS::Events::Rule
        Properties:
          ScheduleExpression: cron(0 3 * * ? *)
          Targets:
            - Id: function
              Arn: !Ref FunctionArn
              DeadLetterConfig: {Arn: !GetAtt LostEvents.Arn}
    ```

    ## Silent

    - Queues of other templates, unless the name ends with `.fifo`.
    - Queues that a parameter makes FIFO.
    - FIFO queues as targets, which EventBridge supports.
    """

    id = "E9824"
    shortdesc = "dead-letter-queue-is-fifo"
    description = "The dead-letter queue of a rule is a standard queue"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"
    tags = ["events", "sqs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        fifo = {
            logical_id
            for logical_id, properties in resources_of_type(cfn.template, "AWS::SQS::Queue")
            if any(value in (True, "true") for value, _ in branches(properties.get("FifoQueue")))
        }
        return [
            RuleMatch(
                path,
                "The dead-letter queue is a FIFO queue, which EventBridge does not accept. Use a "
                "standard queue.",
            )
            for target in rule_targets(cfn.template)
            for queue, path in target.queues()
            if _is_fifo(queue) or target_resource(cfn.template, queue, "AWS::SQS::Queue") in fifo
        ]


def _is_fifo(arn: Any) -> bool:
    """Whether the name in an ARN ends as the names of FIFO queues do."""
    match arn:
        case {"Fn::Sub": [text, *_]}:
            return str(text).endswith(".fifo")
        case str() | {"Fn::Sub": str()}:
            return any(text.endswith(".fifo") for text, _ in strings(arn))
        case _:
            return False

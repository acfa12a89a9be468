"""The rule W9821: rules for events of CloudTrail without a dead-letter queue."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.rule_targets import rule_targets, rules_for_cloudtrail


class RuleWithoutDeadLetterQueue(CloudFormationLintRule):
    """EventBridge tries for 24 hours to deliver an event, and then drops it. A rule that reports
    what happens in an account should not lose an event without a trace: a dead-letter queue keeps
    it, with the reason.

    ## Fails

    ```yaml
    Resources:
      UserCreated:
        Type: AWS::Events::Rule
        Properties:
          EventPattern:
            source: [aws.iam]
            detail-type: [AWS API Call via CloudTrail]
            detail: {eventName: [CreateUser]}
          Targets:
            - Id: function
              Arn: !GetAtt Function.Arn
      Function:
        Type: AWS::Lambda::Function
        Properties:
          Runtime: python3.13
          Handler: index.handler
          Role: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/function
          Code: {ZipFile: "def handler(event, context): pass"}
    ```

    ## Passes

    ```yaml
    Resources:
      UserCreated:
        Type: AWS::Events::Rule
        Properties:
          EventPattern:
            source: [aws.iam]
            detail-type: [AWS API Call via CloudTrail]
            detail: {eventName: [CreateUser]}
          Targets:
            - Id: function
              Arn: !GetAtt Function.Arn
              DeadLetterConfig: {Arn: !GetAtt LostEvents.Arn}
      Function:
        Type: AWS::Lambda::Function
        Properties:
          Runtime: python3.13
          Handler: index.handler
          Role: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/function
          Code: {ZipFile: "def handler(event, context): pass"}
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
    ```

    ## Silent

    - Schedules, and rules for events that are not from CloudTrail: a lost one is often no loss.
    - Queues in one branch of a condition, and what a parameter decides: patterns, targets, queues.
    """

    id = "W9821"
    shortdesc = "rule-without-dead-letter-queue"
    description = "Each target of a rule for events of CloudTrail has a dead-letter queue"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"
    tags = ["events", "sqs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        for_cloudtrail = rules_for_cloudtrail(cfn.template)
        return [
            RuleMatch(
                target.path,
                "An event that EventBridge cannot deliver is lost. Add a DeadLetterConfig with the "
                "ARN of a standard queue.",
            )
            for target in rule_targets(cfn.template)
            if target.rule in for_cloudtrail and not target.has("DeadLetterConfig")
        ]

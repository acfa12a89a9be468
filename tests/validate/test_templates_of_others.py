"""Rules of EventBridge as other tools and the documentation write them have no findings."""

from typing import Any

import pytest
from cfnlint.decode.decode import decode_str
from cfnlint.template import Template

from trailbell.validate.rules import CLASSES

_RULES: list[Any] = [rule() for rule in CLASSES.values()]
_EVENT_RULES = [rule for rule in _RULES if {"events", "chatbot"} & set(rule.tags)]

# What `cdk synth` writes for `new SnsTopic(topic, {message: RuleTargetInput.fromText(...)})`, for
# fromMultilineText and fromObject, and for an SqsQueue with a dead-letter queue.
_CDK = """
Resources:
  Alerts1A2B3C4D:
    Type: AWS::SNS::Topic
    Properties:
      KmsMasterKeyId: {Fn::GetAtt: [Key5E6F7A8B, Arn]}
  AlertsPolicy9C0D1E2F:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [{Ref: Alerts1A2B3C4D}]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: "0"
            Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: sns:Publish
            Resource: {Ref: Alerts1A2B3C4D}
          - Sid: AllowPublishThroughSSLOnly
            Effect: Deny
            Principal: "*"
            Action: sns:Publish
            Resource: {Ref: Alerts1A2B3C4D}
            Condition: {Bool: {aws:SecureTransport: "false"}}
  Key5E6F7A8B:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS:
                Fn::Join:
                  - ""
                  - ["arn:", {Ref: AWS::Partition}, ":iam::", {Ref: AWS::AccountId}, ":root"]
            Action: kms:*
            Resource: "*"
          - Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: [kms:Decrypt, kms:Encrypt, "kms:ReEncrypt*", "kms:GenerateDataKey*"]
            Resource: "*"
  Work3A4B5C6D:
    Type: AWS::SQS::Queue
  WorkPolicy7E8F9A0B:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [{Ref: Work3A4B5C6D}]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: [sqs:SendMessage, sqs:GetQueueAttributes, sqs:GetQueueUrl]
            Resource: {Fn::GetAtt: [Work3A4B5C6D, Arn]}
            Condition: {ArnEquals: {aws:SourceArn: {Fn::GetAtt: [Rule4D5E6F7A, Arn]}}}
          - Sid: AllowEventRule
            Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: sqs:SendMessage
            Resource: {Fn::GetAtt: [Work3A4B5C6D, Arn]}
            Condition: {ArnEquals: {aws:SourceArn: {Fn::GetAtt: [Rule4D5E6F7A, Arn]}}}
  Rule4D5E6F7A:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        source: [aws.codepipeline]
        detail-type: [CodePipeline Pipeline Execution State Change]
      State: ENABLED
      Targets:
        - Id: Target0
          Arn: {Ref: Alerts1A2B3C4D}
          DeadLetterConfig: {Arn: {Fn::GetAtt: [Work3A4B5C6D, Arn]}}
          InputTransformer:
            InputPathsMap: {detail-pipeline: $.detail.pipeline, detail-state: $.detail.state}
            InputTemplate:
              Fn::Join:
                - ""
                - ['"Pipeline <detail-pipeline> of ', {Ref: AWS::StackName}, ' is <detail-state>"']
        - Id: Target1
          Arn: {Ref: Alerts1A2B3C4D}
          InputTransformer:
            InputPathsMap: {time: $.time}
            InputTemplate: |-
              "It changed"
              "at <time>"
        - Id: Target2
          Arn: {Fn::GetAtt: [Work3A4B5C6D, Arn]}
          InputTransformer:
            InputPathsMap: {f1: $}
            InputTemplate: '{"SomeObject":<f1>,"list":["<f1>",1]}'
        - Id: Target3
          Arn: {Fn::GetAtt: [Work3A4B5C6D, Arn]}
          Input: '"a constant"'
"""
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-connector.html
_SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Topic:
    Type: AWS::SNS::Topic
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.s3], detail-type: [Object Created]}
      Targets: [{Id: topic, Arn: !Ref Topic}]
    Connectors:
      ToTopic:
        Properties: {Destination: {Id: Topic}, Permissions: [Write]}
  Handler:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Call:
          Type: EventBridgeRule
          Properties:
            Pattern: {detail-type: [AWS API Call via CloudTrail]}
"""
# Members send events to a bus of another account, in another Region.
_FORWARDING = """
Parameters:
  HubAccount: {Type: String}
  TopicArn: {Type: String}
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        source: [{prefix: aws.}]
        detail-type: [{suffix: " via CloudTrail"}]
        detail: {userIdentity: {type: [Root]}}
      Targets:
        - Id: hub
          Arn: !Sub "arn:${AWS::Partition}:events:us-east-1:${HubAccount}:event-bus/security"
          RoleArn: !GetAtt Role.Arn
          DeadLetterConfig: {Arn: !GetAtt Undelivered.Arn}
        - Id: topic
          Arn: !Ref TopicArn
          DeadLetterConfig: {Arn: !GetAtt Undelivered.Arn}
          InputTransformer:
            InputPathsMap: {who: $.detail.userIdentity.arn, request: $.detail.requestParameters}
            InputTemplate: |
              "Root of <aws.events.rule-name>: <who>"
              "<request>"
  Undelivered: {Type: AWS::SQS::Queue}
  UndeliveredPolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Undelivered]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: SQS:SendMessage
            Resource: !GetAtt Undelivered.Arn
"""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_CDK, id="the output of CDK"),
        pytest.param(_SAM, id="a template of SAM"),
        pytest.param(_FORWARDING, id="a rule that forwards events to another account"),
    ],
)
def test_no_findings(text: str) -> None:
    template, errors = decode_str(text)
    assert errors == []
    cfn = Template("template.yaml", template, ["us-east-1", "cn-north-1"])
    assert [(rule.id, match.message) for rule in _EVENT_RULES for match in rule.match(cfn)] == []

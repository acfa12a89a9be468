"""The rule E9821: messages that chat channels do not show."""

from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches
from trailbell.template.paths import format_path
from trailbell.validate.chat_notifications import (
    BARE,
    chat_topics,
    decode,
    is_custom_notification,
    notification_faults,
)
from trailbell.validate.input_transformers import UNKNOWN, templates_of, text_with_unknown
from trailbell.validate.rule_targets import RuleTarget, rule_targets, target_resource


class ChatNotificationInvalid(CloudFormationLintRule):
    """Amazon Q Developer in chat applications drops what it cannot show: a line of text, JSON of
    another form, or a notification whose text is too long. Nothing is in the channel, and nothing
    fails.

    ## Fails

    ```yaml
    Resources:
      Alerts:
        Type: AWS::SNS::Topic
      AlertsPolicy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Alerts]
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: events.amazonaws.com}
                Action: sns:Publish
                Resource: !Ref Alerts
      Channel:
        Type: AWS::Chatbot::SlackChannelConfiguration
        Properties:
          ConfigurationName: alerts
          IamRoleArn: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/chat
          SlackChannelId: C0123456789
          SlackWorkspaceId: T0123456789
          SnsTopicArns: [!Ref Alerts]
      Findings:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty], detail-type: [GuardDuty Finding]}
          Targets:
            - Id: chat
              Arn: !Ref Alerts
              InputTransformer:
                InputPathsMap: {title: $.detail.title}
                InputTemplate: '"GuardDuty: <title>"'
    ```

    ## Passes

    ```yaml
    Resources:
      Alerts:
        Type: AWS::SNS::Topic
      AlertsPolicy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Alerts]
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: events.amazonaws.com}
                Action: sns:Publish
                Resource: !Ref Alerts
      Channel:
        Type: AWS::Chatbot::SlackChannelConfiguration
        Properties:
          ConfigurationName: alerts
          IamRoleArn: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/chat
          SlackChannelId: C0123456789
          SlackWorkspaceId: T0123456789
          SnsTopicArns: [!Ref Alerts]
      Findings:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty], detail-type: [GuardDuty Finding]}
          Targets:
            - Id: chat
              Arn: !Ref Alerts
              InputTransformer:
                InputPathsMap: {title: $.detail.title}
                InputTemplate: |
                  {"version": "1.0", "source": "custom",
                   "content": {"textType": "client-markdown", "description": "GuardDuty: <title>"}}
    ```

    ## Silent

    - Messages to topics that no channel of the template has, unless they say that they are custom
      notifications.
    - Whole events, which the channel shows in its own form.
    - Templates and texts that a parameter decides, and the lengths of values from the event.
    """

    id = "E9821"
    shortdesc = "chat-notification-invalid"
    description = "A rule sends valid custom notifications, or whole events, to chat channels"
    source_url = "https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html"
    tags = ["events", "chatbot"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        chats = chat_topics(cfn.template)
        matches: list[RuleMatch] = []
        for target in rule_targets(cfn.template):
            topics = {
                target_resource(cfn.template, arn, "AWS::SNS::Topic") for arn, _ in target.arns()
            }
            matches += _matches(target, is_for_chat=bool(topics & chats))
        return matches


def _matches(target: RuleTarget, *, is_for_chat: bool) -> Iterator[RuleMatch]:
    for text, path in _messages(target):
        message = decode(text)
        if message is None and UNKNOWN in text:  # it may become JSON during deployment
            continue
        if is_custom_notification(message, is_for_chat=is_for_chat):
            for place, fault in notification_faults(message):
                yield RuleMatch(
                    path, f"The custom notification is invalid: {format_path(place)} {fault}."
                )
        elif is_for_chat and message != BARE:
            yield RuleMatch(
                path,
                "The topic belongs to a chat channel, which shows only custom notifications and "
                "whole events. Write one with version, source and content.description.",
            )
    if is_for_chat and target.has("InputPath"):
        yield RuleMatch(
            (*target.path, "InputPath"),
            "The topic belongs to a chat channel, which does not show a part of an event. Remove "
            "InputPath, or write a custom notification with InputTransformer.",
        )


def _messages(target: RuleTarget) -> Iterator[tuple[str, TemplatePath]]:
    """The texts of the input transformer and the constant inputs of a target."""
    for template in templates_of(target):
        yield template.text, template.path
    for value, path in branches(target.properties.get("Input"), (*target.path, "Input")):
        text = text_with_unknown(value)
        if text is not None:
            yield text, path

"""The rule E9827: raw delivery to chat channels."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches
from trailbell.template.resources import resources_of_type
from trailbell.validate.rule_targets import has_literal

_ENDPOINT = "sns-api.chatbot.amazonaws.com"


class ChatSubscriptionWithRawDelivery(CloudFormationLintRule):
    """With raw delivery, Amazon Q Developer in chat applications does not get what it needs to
    verify a message, and shows nothing in the channel.

    ## Fails

    ```yaml
    Resources:
      Alerts:
        Type: AWS::SNS::Topic
      Chat:
        Type: AWS::SNS::Subscription
        Properties:
          TopicArn: !Ref Alerts
          Protocol: https
          Endpoint: https://global.sns-api.chatbot.amazonaws.com
          RawMessageDelivery: true
    ```

    ## Passes

    ```yaml
    Resources:
      Alerts:
        Type: AWS::SNS::Topic
      Chat:
        Type: AWS::SNS::Subscription
        Properties:
          TopicArn: !Ref Alerts
          Protocol: https
          Endpoint: https://global.sns-api.chatbot.amazonaws.com
    ```

    ## Silent

    - Other endpoints, for which raw delivery is a choice.
    - Endpoints and values of `RawMessageDelivery` that a parameter decides.
    """

    id = "E9827"
    shortdesc = "chat-subscription-with-raw-delivery"
    description = "A subscription of Amazon Q Developer in chat applications has no raw delivery"
    source_url = (
        "https://docs.aws.amazon.com/chatbot/latest/adminguide/chatbot-troubleshooting.html"
    )
    tags = ["sns", "chatbot"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        matches = []
        for logical_id, properties in resources_of_type(cfn.template, "AWS::SNS::Subscription"):
            if not has_literal(properties.get("Endpoint"), _ENDPOINT):
                continue
            path: TemplatePath = ("Resources", logical_id, "Properties", "RawMessageDelivery")
            for value, value_path in branches(properties.get("RawMessageDelivery"), path):
                if value in (True, "true"):
                    message = (
                        "RawMessageDelivery is true, so nothing is shown in the chat channel. "
                        "Remove it, or set it to false."
                    )
                    matches.append(RuleMatch(value_path, message))
        return matches

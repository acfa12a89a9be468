"""Amazon Q Developer cannot read a notification that has no envelope of Amazon SNS."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.resources import resources_of_type
from trailbell.validate.rule_targets import has_literal

_ENDPOINT = "sns-api.chatbot.amazonaws.com"


class ChatSubscriptionWithRawDelivery(CloudFormationLintRule):
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
            raw = properties.get("RawMessageDelivery") in (True, "true")
            if raw and has_literal(properties.get("Endpoint"), _ENDPOINT):
                path: TemplatePath = ("Resources", logical_id, "Properties", "RawMessageDelivery")
                message = (
                    "RawMessageDelivery is true, so nothing is shown in the chat channel. Remove "
                    "it, or set it to false."
                )
                matches.append(RuleMatch(path, message))
        return matches

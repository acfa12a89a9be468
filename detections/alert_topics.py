"""The way of an alarm after it rings: topics, subscriptions, rules.

Each names what is deployed, so that alarms of others may come and go. Calls that are refused
often say nothing of what they were about, so these ring for what was done, not for each attempt;
unauthorized-api-calls sees the attempts.
"""

from detections._conditions import calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.catalog.placeholders import OWN_NAMES
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import api_call, iam_user, role, sso_person

_HIGH = OWN_NAMES["HighTopicArn"]
_LOW = OWN_NAMES["LowTopicArn"]
_SUBSCRIPTION = f"{_HIGH}:1234abcd-12ab-34cd-56ef-1234567890ab"

TOPIC_TAMPERING = Detection(
    id="topic-tampering",
    title="A topic that alarms ring was changed or deleted",
    packs=(Pack.TAMPER,),
    severity=Severity.HIGH,
    pattern=all_of(
        calls("sns", "DeleteTopic", "SetTopicAttributes", "AddPermission", "RemovePermission"),
        field("requestParameters.topicArn").one_of(
            "${HighTopicArn}", "${MediumTopicArn}", "${LowTopicArn}"
        ),
    ),
    why=(
        "Alarms reach people through these topics. A policy that no longer lets CloudWatch "
        "publish, or another key, and alarms ring without anybody hearing."
    ),
    respond=(
        "Compare the topic's policy and key with the base stack.",
        "If nobody planned it: deploy that stack again, then disable who did it.",
        "Read the history of the alarms for what rang meanwhile.",
    ),
    false_alarms=(
        "Updates of the base stack ring once. Nobody else should touch these topics. A data "
        "protection policy on a topic (PutDataProtectionPolicy) does not ring."
    ),
    controls=Controls(attack=("T1685",)),
    fires=(
        Example(
            "a topic's policy is replaced",
            api_call(
                "sns",
                "SetTopicAttributes",
                iam_user("mallory"),
                request={
                    "topicArn": _HIGH,
                    "attributeName": "Policy",
                    "attributeValue": "{}",
                },
            ),
        ),
        Example(
            "a topic is deleted",
            api_call("sns", "DeleteTopic", sso_person("mallory"), request={"topicArn": _LOW}),
        ),
    ),
    silent=(
        Example(
            "a topic with a longer name is deleted",
            api_call("sns", "DeleteTopic", role("Deployer"), request={"topicArn": f"{_HIGH}-old"}),
        ),
        Example(
            "tags are put on a topic",
            api_call("sns", "TagResource", role("Deployer"), request={"resourceArn": _HIGH}),
        ),
        Example(
            "a topic is looked at",
            api_call(
                "sns",
                "GetTopicAttributes",
                iam_user("alice"),
                request={"topicArn": _HIGH},
                read_only=True,
            ),
        ),
    ),
)

SUBSCRIPTION_TAMPERING = Detection(
    id="subscription-tampering",
    title="Somebody was cut off from the alarms, or hears only some of them",
    packs=(Pack.TAMPER,),
    severity=Severity.HIGH,
    pattern=all_of(
        calls("sns", "Unsubscribe", "SetSubscriptionAttributes"),
        any_of(
            field("requestParameters.subscriptionArn").starts_with("${HighTopicArn}:"),
            field("requestParameters.subscriptionArn").starts_with("${MediumTopicArn}:"),
            field("requestParameters.subscriptionArn").starts_with("${LowTopicArn}:"),
        ),
    ),
    why=(
        "A subscription that is removed, or that filters messages, leaves alarms ringing into the "
        "void. The topic and the alarms look as they always did."
    ),
    respond=(
        "List the subscriptions of the three topics, and their filter policies.",
        "If nobody planned it: subscribe again, and disable who did it.",
        "Read the history of the alarms for what rang meanwhile.",
    ),
    false_alarms=(
        "A person who follows the link to unsubscribe below an e-mail, and updates of the base "
        "stack with another address. New subscriptions do not ring."
    ),
    controls=Controls(attack=("T1685",)),
    fires=(
        Example(
            "a subscription is removed",
            api_call(
                "sns",
                "Unsubscribe",
                iam_user("mallory"),
                request={"subscriptionArn": _SUBSCRIPTION},
            ),
        ),
        Example(
            "a subscription is told to let nothing through",
            api_call(
                "sns",
                "SetSubscriptionAttributes",
                sso_person("mallory"),
                request={
                    "subscriptionArn": _SUBSCRIPTION,
                    "attributeName": "FilterPolicy",
                    "attributeValue": '{"x": ["y"]}',
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a subscription to a topic with a longer name is removed",
            api_call(
                "sns",
                "Unsubscribe",
                role("Deployer"),
                request={"subscriptionArn": f"{_HIGH}-old:1234abcd"},
            ),
        ),
        Example(
            "somebody subscribes",
            api_call(
                "sns",
                "Subscribe",
                sso_person("alice"),
                request={"topicArn": _HIGH, "protocol": "email"},
            ),
        ),
        Example(
            "a subscription is looked at",
            api_call(
                "sns",
                "GetSubscriptionAttributes",
                iam_user("alice"),
                request={"subscriptionArn": _SUBSCRIPTION},
                read_only=True,
            ),
        ),
    ),
)

RULE_TAMPERING = Detection(
    id="rule-tampering",
    title="An EventBridge rule that is guarded was disabled, changed or deleted",
    packs=(Pack.TAMPER,),
    severity=Severity.HIGH,
    opt_in=True,
    pattern=all_of(
        field("eventSource").equals("events.amazonaws.com"),
        any_of(
            all_of(
                field("eventName").one_of("DisableRule", "DeleteRule", "PutRule"),
                field("requestParameters.name").starts_with("${AlarmPrefix}-"),
            ),
            all_of(
                field("eventName").one_of("RemoveTargets", "PutTargets"),
                field("requestParameters.rule").starts_with("${AlarmPrefix}-"),
            ),
        ),
    ),
    why=(
        "Rules bring what metric filters are too slow for. A rule that is disabled, or that has "
        "lost its target, is silent and looks like one with nothing to tell."
    ),
    respond=(
        "See which rule it was; compare its pattern and targets with where you made it.",
        "If nobody planned it: make it again as it was, then disable who did it.",
        "Search the log group for what the rule would have told meanwhile.",
    ),
    false_alarms=(
        "For those who add rules of their own, named like the base stack and a hyphen "
        "(security-alerts-…): no stack here makes a rule, so without them it guards nothing. "
        "Updates of the stacks that make them ring once."
    ),
    controls=Controls(attack=("T1685",)),
    fires=(
        Example(
            "a rule is disabled",
            api_call(
                "events",
                "DisableRule",
                iam_user("mallory"),
                request={"name": "security-alerts-root-account-use"},
            ),
        ),
        Example(
            "a rule loses its target",
            api_call(
                "events",
                "RemoveTargets",
                sso_person("mallory"),
                request={"rule": "security-alerts-root-account-use", "ids": ["topic"]},
            ),
        ),
    ),
    silent=(
        Example(
            "a rule of others is disabled",
            api_call("events", "DisableRule", role("Deployer"), request={"name": "nightly-report"}),
        ),
        Example(
            "a rule is enabled",
            api_call(
                "events",
                "EnableRule",
                sso_person("alice"),
                request={"name": "security-alerts-root-account-use"},
            ),
        ),
        Example(
            "the targets of a rule are listed",
            api_call(
                "events",
                "ListTargetsByRule",
                iam_user("alice"),
                request={"rule": "security-alerts-root-account-use"},
                read_only=True,
            ),
        ),
    ),
)

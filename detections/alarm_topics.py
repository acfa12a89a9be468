"""Tampering with what delivers a notification: topics, subscriptions, EventBridge rules.

Each pattern names what is deployed, so that other resources can change freely. Denied calls often
do not say which resource they were about, so these detections cover calls that name the resource,
not every attempt; unauthorized-api-calls covers denied calls.
"""

from detections._conditions import calls
from trailbell import (
    ACCOUNT,
    OTHER_ACCOUNT,
    PLACEHOLDERS,
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

_HIGH_TOPIC_ARN = PLACEHOLDERS["HighTopicArn"]
_LOW_TOPIC_ARN = PLACEHOLDERS["LowTopicArn"]
_SUBSCRIPTION_ARN = f"{_HIGH_TOPIC_ARN}:1234abcd"

TOPIC_TAMPERING = Detection(
    id="topic-tampering",
    title="An alarm notification topic was changed or deleted",
    packs=("tamper",),
    severity=Severity.HIGH,
    pattern=all_of(
        calls("sns", "DeleteTopic", "SetTopicAttributes", "AddPermission", "RemovePermission"),
        field("requestParameters.topicArn").one_of(
            "${HighTopicArn}", "${MediumTopicArn}", "${LowTopicArn}"
        ),
    ),
    why=(
        "Alarms notify people through these topics. If the topic policy or KMS key no longer "
        "allows CloudWatch to publish, alarms trigger without a notification."
    ),
    runbook=(
        "Compare the topic's policy and key with the base stack.",
        "If it was not planned: deploy that stack again, and disable the caller's credentials.",
        "Review the alarm history for alarms that triggered since then.",
    ),
    false_positives=(
        "Updates of the base stack trigger once. No other change of these topics is expected. A "
        "data protection policy on a topic triggers alert-stack-changes."
    ),
    controls=Controls(mitre_attack=("T1685",)),
    fires=(
        Example(
            "the policy of a topic is replaced",
            api_call(
                "sns",
                "SetTopicAttributes",
                iam_user("mallory"),
                request={
                    "topicArn": _HIGH_TOPIC_ARN,
                    "attributeName": "Policy",
                    "attributeValue": "{}",
                },
            ),
        ),
        Example(
            "another account is allowed to publish to a topic",
            api_call(
                "sns",
                "AddPermission",
                iam_user("mallory"),
                request={
                    "topicArn": PLACEHOLDERS["MediumTopicArn"],
                    "label": "x",
                    "aWSAccountId": [OTHER_ACCOUNT],
                    "actionName": ["Publish"],
                },
            ),
        ),
        Example(
            "a topic is deleted",
            api_call(
                "sns",
                "DeleteTopic",
                identity_center_user("mallory"),
                request={"topicArn": _LOW_TOPIC_ARN},
            ),
        ),
    ),
    silent=(
        Example(
            "a topic with a longer name is deleted",
            api_call(
                "sns",
                "DeleteTopic",
                assumed_role_identity("Deployer"),
                request={"topicArn": f"{_HIGH_TOPIC_ARN}-old"},
            ),
        ),
        Example(
            "the policy of another topic is replaced",
            api_call(
                "sns",
                "SetTopicAttributes",
                assumed_role_identity("Deployer"),
                request={
                    "topicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:shop-orders",
                    "attributeName": "Policy",
                    "attributeValue": "{}",
                },
            ),
        ),
        Example(
            "a message is published to a topic",
            api_call(
                "sns",
                "Publish",
                assumed_role_identity("Deployer"),
                request={"topicArn": _HIGH_TOPIC_ARN},
                managementEvent=False,
                eventCategory="Data",
            ),
        ),
        Example(
            "a topic is tagged",
            api_call(
                "sns",
                "TagResource",
                assumed_role_identity("Deployer"),
                request={"resourceArn": _HIGH_TOPIC_ARN},
            ),
        ),
        Example(
            "the attributes of a topic are read",
            api_call(
                "sns",
                "GetTopicAttributes",
                iam_user("alice"),
                request={"topicArn": _HIGH_TOPIC_ARN},
                read_only=True,
            ),
        ),
    ),
)

SUBSCRIPTION_TAMPERING = Detection(
    id="subscription-tampering",
    title="A subscription to alarm notifications was removed or changed",
    packs=("tamper",),
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
        "Removing a subscription, or adding a filter policy, stops notifications while the topic "
        "and the alarms look unchanged."
    ),
    runbook=(
        "Check the subscriptions of the three topics, and their filter policies.",
        "If it was not planned: subscribe again, and disable the caller's credentials.",
        "Review the alarm history for alarms that triggered since then.",
    ),
    false_positives=(
        "A subscriber who follows the unsubscribe link in an e-mail, and updates of the base stack "
        "with another address. New subscriptions are not detected."
    ),
    controls=Controls(mitre_attack=("T1685",)),
    fires=(
        Example(
            "a subscription is removed",
            api_call(
                "sns",
                "Unsubscribe",
                iam_user("mallory"),
                request={"subscriptionArn": _SUBSCRIPTION_ARN},
            ),
        ),
        Example(
            "a subscription to notifications of low severity is removed",
            api_call(
                "sns",
                "Unsubscribe",
                identity_center_user("mallory"),
                request={"subscriptionArn": f"{_LOW_TOPIC_ARN}:1234abcd"},
            ),
        ),
        Example(
            "a filter policy that blocks every message is added to a subscription",
            api_call(
                "sns",
                "SetSubscriptionAttributes",
                identity_center_user("mallory"),
                request={
                    "subscriptionArn": _SUBSCRIPTION_ARN,
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
                assumed_role_identity("Deployer"),
                request={"subscriptionArn": f"{_HIGH_TOPIC_ARN}-old:1234abcd"},
            ),
        ),
        Example(
            "a subscription to another topic gets a filter policy",
            api_call(
                "sns",
                "SetSubscriptionAttributes",
                assumed_role_identity("Deployer"),
                request={
                    "subscriptionArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:shop-orders:1234abcd",
                    "attributeName": "FilterPolicy",
                    "attributeValue": '{"x": ["y"]}',
                },
            ),
        ),
        Example(
            "a subscription is confirmed",
            api_call(
                "sns",
                "ConfirmSubscription",
                identity_center_user("alice"),
                request={"topicArn": _HIGH_TOPIC_ARN},
            ),
        ),
        Example(
            "a new subscription is created",
            api_call(
                "sns",
                "Subscribe",
                identity_center_user("alice"),
                request={"topicArn": _HIGH_TOPIC_ARN, "protocol": "email"},
            ),
        ),
        Example(
            "the attributes of a subscription are read",
            api_call(
                "sns",
                "GetSubscriptionAttributes",
                iam_user("alice"),
                request={"subscriptionArn": _SUBSCRIPTION_ARN},
                read_only=True,
            ),
        ),
    ),
)

RULE_TAMPERING = Detection(
    id="rule-tampering",
    title="A protected EventBridge rule was disabled, changed or deleted",
    packs=("tamper",),
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
        "EventBridge rules cover cases that need a faster reaction than metric filters. A disabled "
        "rule, or one without a target, looks like a rule without matches."
    ),
    runbook=(
        "Identify the rule, and compare its pattern and targets with their source.",
        "If it was not planned: restore the rule, and disable the caller's credentials.",
        "Search the log group for events that the rule missed.",
    ),
    false_positives=(
        "Enable it if you deploy stacks with real-time messages, or rules of your own whose names "
        "start with the name of the base stack and a hyphen (security-alerts-…). Otherwise it "
        "protects nothing. Each update of the stacks with those rules triggers once."
    ),
    controls=Controls(mitre_attack=("T1685",)),
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
            "the event pattern of a rule is replaced",
            api_call(
                "events",
                "PutRule",
                iam_user("mallory"),
                request={"name": "security-alerts-root-account-use", "eventPattern": "{}"},
            ),
        ),
        Example(
            "the target of a rule is removed",
            api_call(
                "events",
                "RemoveTargets",
                identity_center_user("mallory"),
                request={"rule": "security-alerts-root-account-use", "ids": ["topic"]},
            ),
        ),
    ),
    silent=(
        Example(
            "another rule is disabled",
            api_call(
                "events",
                "DisableRule",
                assumed_role_identity("Deployer"),
                request={"name": "nightly-report"},
            ),
        ),
        Example(
            "a rule with a name that only contains the prefix is deleted",
            api_call(
                "events",
                "DeleteRule",
                assumed_role_identity("Deployer"),
                request={"name": "shop-security-alerts-report"},
            ),
        ),
        Example(
            "a target of another rule is changed",
            api_call(
                "events",
                "PutTargets",
                assumed_role_identity("Deployer"),
                request={"rule": "nightly-report", "targets": [{"id": "1", "arn": "x"}]},
            ),
        ),
        Example(
            "a rule is enabled",
            api_call(
                "events",
                "EnableRule",
                identity_center_user("alice"),
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

"""Who is notified, at the end of a deployment."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.deploy.conftest import Deployer, target
from tests.deploy.fake import Fault
from tests.drill.account import DrilledAccount
from trailbell.deploy import result_report
from trailbell.deploy.result import StackResult, StackResultStatus, TopicSubscribers
from trailbell.deploy.subscribers import detection_to_drill, with_subscribers

ARN = "arn:aws:sns:us-east-1:111122223333:alerts-High"
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "High": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "Mail": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"TopicArn": {"Ref": "High"}, "Endpoint": {"Ref": "Address"}},
        },
    }
}
DEPLOYED = StackResult(stack="alerts", name="alerts", status=StackResultStatus.DEPLOYED)
HIGH = TopicSubscribers(topic="High", parameters=("Address",))


@pytest.fixture
def account(deployer: Deployer) -> Iterator[DrilledAccount]:
    """SNS, next to a fake CloudFormation with the deployed stack."""
    account = DrilledAccount(subscriptions={ARN: [("email", "you@example.com")]})
    resources = [(n, r["Type"], "CREATE_COMPLETE") for n, r in TEMPLATE["Resources"].items()]
    deployer.fake.put("alerts", "CREATE_COMPLETE", template=TEMPLATE, resources=resources)
    deployer.fake.physical["High"] = ARN
    client = deployer.session.aws.service("sns").client

    def remember(params: Any, context: Any, **_: Any) -> None:
        context["request"] = dict(params)

    def respond(model: Any, context: Any, **_: Any) -> Any:
        return account.answer(model, context["request"])

    client.meta.events.register_first("before-parameter-build", remember)
    client.meta.events.register_first("before-call", respond)
    yield account
    client.meta.events.unregister("before-parameter-build", remember)
    client.meta.events.unregister("before-call", respond)


def topics(deployer: Deployer, result: StackResult = DEPLOYED) -> tuple[TopicSubscribers, ...]:
    [added] = with_subscribers(deployer.session, [target("alerts", TEMPLATE)], [result])
    assert replace(added, topics=()) == result
    return added.topics


def test_a_stack_that_failed_has_no_subscribers(
    deployer: Deployer, account: DrilledAccount
) -> None:
    failed = replace(DEPLOYED, status=StackResultStatus.FAILED)
    assert (topics(deployer, failed), account.requests) == ((), [])


def test_subscriptions_that_may_not_be_read_are_a_note(
    deployer: Deployer, account: DrilledAccount
) -> None:
    account.denied.add("ListSubscriptionsByTopic")
    reason = "ListSubscriptionsByTopic: User is not authorized to perform it"
    assert topics(deployer) == (replace(HIGH, unread=reason),)


def test_after_ctrl_c_the_results_are_still_there(
    deployer: Deployer, account: DrilledAccount
) -> None:
    account.interrupted.add("ListSubscriptionsByTopic")
    assert topics(deployer) == ()


def test_a_stack_whose_resources_may_not_be_listed_has_a_note(
    deployer: Deployer, account: DrilledAccount
) -> None:
    deployer.fake.fault("ListStackResources", Fault.DENIED)
    reason = "ListStackResources: User is not authorized to perform it"
    assert topics(deployer) == (TopicSubscribers(topic="", unread=reason),)
    assert account.requests == []


def test_a_topic_without_subscriptions_notifies_no_one(
    deployer: Deployer, account: DrilledAccount
) -> None:
    account.subscriptions = {}
    assert topics(deployer) == (HIGH,)


def test_a_subscription_that_is_not_confirmed_is_pending(
    deployer: Deployer, account: DrilledAccount
) -> None:
    account.subscriptions[ARN].append(("sqs", "arn:aws:sqs:us-east-1:111122223333:q"))
    account.pending = {"you@example.com"}
    assert topics(deployer) == (
        replace(
            HIGH,
            confirmed=("sqs arn:aws:sqs:us-east-1:111122223333:q",),
            pending=("email you@example.com",),
        ),
    )


def test_each_topic_is_one_call(deployer: Deployer, account: DrilledAccount) -> None:
    topics(deployer)
    assert account.requests == [("ListSubscriptionsByTopic", {"TopicArn": ARN})]


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        pytest.param(
            replace(HIGH, unread="denied"),
            ["  High: subscriptions could not be read: denied"],
            id="unread",
        ),
        pytest.param(
            HIGH,
            ["  High: notifies no one: set Address, or subscribe an endpoint"],
            id="no subscription, and a parameter for one",
        ),
        pytest.param(
            TopicSubscribers(topic="High"),
            ["  High: notifies no one: subscribe an endpoint"],
            id="no subscription, and no parameter",
        ),
        pytest.param(
            replace(HIGH, confirmed=("email a@example.com",), pending=("email b@example.com",)),
            [
                "  High: notifies email a@example.com",
                (
                    "  High: to confirm: email b@example.com; open the link in the message that "
                    "SNS sent"
                ),
            ],
            id="one is confirmed and one is not",
        ),
    ],
)
def test_the_report_says_what_to_do(topic: TopicSubscribers, expected: list[str]) -> None:
    result = replace(DEPLOYED, topics=(topic,))
    assert result_report.to_text([result]).splitlines() == ["alerts: deployed", *expected]


_HIGH = replace(HIGH, confirmed=("email you@example.com",))


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        pytest.param([_HIGH, replace(_HIGH, topic="Low")], [], id="topics of other severities"),
        pytest.param([_HIGH, HIGH], [], id="one of the stacks"),
        pytest.param(
            [_HIGH, replace(HIGH, pending=_HIGH.confirmed)],
            [
                (
                    "note: email you@example.com is subscribed to High of alerts and of realtime, "
                    "so that it is notified of the same event twice; keep one of them"
                )
            ],
            id="of alarms and of rules",
        ),
    ],
)
def test_an_endpoint_that_is_notified_twice(
    topics: list[TopicSubscribers], expected: list[str]
) -> None:
    results = [
        replace(DEPLOYED, stack=stack, topics=(topic,))
        for stack, topic in zip(("alerts", "realtime"), topics, strict=True)
    ]
    lines = [*map(str, result_report.to_lines(results))]
    assert [text for text in lines if text.startswith("note")] == expected


def _alarm(name: str, threshold: int = 1) -> dict[str, Any]:
    properties = {"AlarmName": {"Fn::Sub": f"${{I}}-{name}"}, "Threshold": threshold}
    metric = {"Namespace": "N", "MetricName": name}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties | metric}


def _filter(name: str) -> dict[str, Any]:
    metric = {"MetricNamespace": "N", "MetricName": name}
    properties = {"FilterName": {"Fn::Sub": f"${{I}}-{name}"}, "MetricTransformations": [metric]}
    return {"Type": "AWS::Logs::MetricFilter", "Properties": properties}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        pytest.param({}, "", id="a template without alarms"),
        pytest.param({"A": _alarm("heartbeat")}, "", id="an alarm without a metric filter"),
        pytest.param({"A": _alarm("many", 5), "F": _filter("many")}, "", id="it takes five events"),
        pytest.param(
            {
                "A": _alarm("many", 5),
                "F": _filter("many"),
                "B": _alarm("root-use"),
                "G": _filter("root-use"),
            },
            "root-use",
            id="the first for which one event is enough",
        ),
    ],
)
def test_the_detection_that_is_offered(resources: dict[str, Any], expected: str) -> None:
    assert detection_to_drill({"Resources": resources}) == expected


@pytest.mark.parametrize(
    ("result", "environment", "expected"),
    [
        pytest.param(DEPLOYED, "", [], id="nothing to drill"),
        pytest.param(
            replace(DEPLOYED, detection="root-use", topics=(HIGH,)),
            "",
            ["Prove that people are notified after that: trailbell drill root-use"],
            id="no one is subscribed yet",
        ),
        pytest.param(
            replace(
                DEPLOYED,
                detection="root-use",
                topics=(replace(HIGH, confirmed=("email you@example.com",)),),
            ),
            "production",
            [("Prove that people are notified: trailbell drill root-use --environment production")],
            id="in the same environment",
        ),
        pytest.param(
            replace(DEPLOYED, detection="root-use"),
            "default",
            ["Prove that people are notified: trailbell drill root-use"],
            id="the default environment needs no option",
        ),
    ],
)
def test_the_command_that_is_offered(
    result: StackResult, environment: str, expected: list[str]
) -> None:
    assert [*map(str, result_report.drill_lines([result], environment))] == expected

"""Values of a template and of an answer are compared as CloudFormation treats them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from trailbell.diff.impacts import topic
from trailbell.diff.judgment.policy_faults import find_policy_faults
from trailbell.diff.judgment.read_back import (
    DeployedResource,
    DeployedStack,
    Described,
    compare,
    compare_keys,
)
from trailbell.template.evaluate import UNKNOWN

EVENTS = {
    "Effect": "Allow",
    "Principal": {"Service": "events.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": "*",
}
FROM_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
TOPIC_REFUSES = "The topic policy does not allow events.amazonaws.com to call sns:Publish: "
ALIAS = "the template has the alias alias/a,"
KEY = "arn:aws:kms:us-east-1:111122223333:key/abc"


@pytest.mark.parametrize(
    ("expected", "actual", "texts"),
    [
        pytest.param("a", "b", ['X is "b", not "a".'], id="another text"),
        pytest.param("a", None, ['X is not set, not "a".'], id="not set"),
        pytest.param(None, "b", ['X is "b"; the template does not set it.'], id="set elsewhere"),
        pytest.param("1.5", 2.0, ['X is 2, not "1.5".'], id="another number"),
        pytest.param("365", 365, [], id="a number as text"),
        pytest.param(0, 0.0, [], id="a number with another type"),
        pytest.param("true", True, [], id="a boolean as text"),
        pytest.param(["a", "b"], ["b", "a"], [], id="a list in another order"),
        pytest.param("nan", "nan", [], id="a text that is a number for Python only"),
    ],
)
def test_values_are_compared_by_meaning(expected: Any, actual: Any, texts: list[str]) -> None:
    assert [finding.text for finding in compare("X", expected, actual)] == texts


def test_an_unknown_value_is_not_compared() -> None:
    [finding] = compare("X", [UNKNOWN], ["a"])
    assert (finding.kind.value, finding.text[:19]) == ("remark", "X was not compared:")


@pytest.mark.parametrize(
    ("expected", "texts"),
    [
        pytest.param("other", [f'X is "{KEY}", not "other".'], id="another key"),
        pytest.param(KEY, [], id="the ARN"),
        pytest.param("abc", [], id="the ID"),
        pytest.param(
            "alias/a",
            [f"X was not compared: {ALIAS} and AWS describes the key {KEY}."],
            id="an alias",
        ),
    ],
)
def test_keys_are_compared_by_arn_and_id(expected: str, texts: list[str]) -> None:
    assert [finding.text for finding in compare_keys("X", expected, KEY)] == texts


@pytest.mark.parametrize(
    ("action", "texts"),
    [
        pytest.param("sqs:SendMessage", ["has a statement without Sid"], id="a queue"),
        pytest.param("sns:Publish", ["does not allow events.amazonaws.com to call"], id="a topic"),
        pytest.param("kms:Decrypt", ["does not allow events.amazonaws.com to call"], id="a key"),
    ],
)
def test_a_condition_on_the_source_stops_eventbridge_at_topics_and_keys(
    action: str, texts: list[str]
) -> None:
    wanted = EVENTS | {"Action": action}
    described = Described(
        resource=DeployedResource(logical_id="T", type="AWS::SNS::TopicPolicy", physical_id="t"),
        stack=DeployedStack(account="111122223333", region="us-east-1"),
        now=datetime.now(UTC),
    )
    actual = {"Statement": [wanted | {"Condition": FROM_ACCOUNT}]}
    findings = find_policy_faults("policy", {"Statement": [wanted]}, actual, described)
    assert [text in finding.text for finding, text in zip(findings, texts, strict=True)] == [True]


TOPIC = "arn:aws:sns:us-east-1:111122223333:t"
CLOUDWATCH = EVENTS | {"Principal": {"Service": "cloudwatch.amazonaws.com"}}


@pytest.mark.parametrize(
    ("policy", "texts"),
    [
        pytest.param([EVENTS], [], id="a policy for EventBridge"),
        pytest.param(
            [CLOUDWATCH],
            [f"{TOPIC_REFUSES}no statement allows it."],
            id="a policy for CloudWatch",
        ),
        pytest.param(
            [EVENTS | {"Condition": FROM_ACCOUNT}],
            [f"{TOPIC_REFUSES}the condition of a statement does not hold."],
            id="a condition on the account",
        ),
    ],
)
def test_the_topic_of_a_rule_has_to_allow_eventbridge(
    policy: list[dict[str, Any]], texts: list[str]
) -> None:
    resource = DeployedResource(logical_id="T", type=topic.TYPE, physical_id=TOPIC)
    rule = DeployedResource(
        logical_id="R",
        type="AWS::Events::Rule",
        physical_id="r",
        properties={"Targets": [{"Id": "t", "Arn": TOPIC}]},
    )
    answer = {"Attributes": {"Policy": json.dumps({"Statement": policy})}}
    described = Described(
        resource=resource,
        stack=DeployedStack(account="111122223333", region="us-east-1", resources=(resource, rule)),
        now=datetime.now(UTC),
        answers={topic.GET_TOPIC_ATTRIBUTES(TopicArn=TOPIC).key: answer},
    )
    assert [finding.text for finding in topic.find_faults(described)] == texts

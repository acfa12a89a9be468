"""Which endpoints of topics are subscribed, and which functions the stack allows SNS to call."""

import json

import pytest

from tests import PROJECT
from trailbell.template.evaluate import Evaluator, Scope

_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "111122223333",
    "AWS::StackName": "security-alerts",
}
_FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:notify"


def _evaluator(stack: str, endpoint: str, **pseudo: str) -> Evaluator:
    template = json.loads((PROJECT / "dist" / f"{stack}.json").read_bytes())
    return Evaluator(
        template, Scope(parameters={"HighEndpoint": endpoint}, pseudo=_PSEUDO | pseudo)
    )


def _subscribed(stack: str, endpoint: str, **pseudo: str) -> tuple[object, object]:
    """The protocol of the subscription, and whether the stack makes the function's permission."""
    evaluator = _evaluator(stack, endpoint, **pseudo)
    resources = evaluator.template["Resources"]
    subscription = resources["HighSubscription"]
    exists = evaluator.exists(subscription)
    protocol = evaluator.value(subscription["Properties"]["Protocol"]) if exists else exists
    return protocol, evaluator.exists(resources["HighLambdaPermission"])


@pytest.mark.parametrize("stack", ["security-alerts", "alerts"])
@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        pytest.param("", (False, False), id="no endpoint has neither"),
        pytest.param("you@example.com", ("email", False), id="an e-mail address"),
        pytest.param("arn.a@example.com", ("email", False), id="an address that starts with arn"),
        pytest.param(
            "https://user:password@example.com/sns", ("https", False), id="a URL with a password"
        ),
        pytest.param(
            "https://example.com/:function:/x",
            ("https", False),
            id="a URL that looks like a function",
        ),
        pytest.param("https://example.com:sqs:443/", ("https", False), id="a URL with colons"),
        pytest.param(
            "arn:aws:sqs:eu-west-1:111122223333:alerts",
            ("sqs", False),
            id="a queue has no permission",
        ),
        pytest.param(
            "arn:aws:lambda:eu-west-1:123456789012:function:notify",
            ("lambda", False),
            id="the permission of another account's function is for that account to add",
        ),
        pytest.param(
            "arn:aws:lambda:us-east-1:111122223333:function:notify",
            ("lambda", False),
            id="the permission of another Region's function can be added in that Region only",
        ),
        pytest.param(
            "arn:aws:lambda:eu-west-1:1111222233334:function:notify",
            ("lambda", False),
            id="an account ID that only starts with this one",
        ),
        pytest.param(_FUNCTION, ("lambda", True), id="a function of the stack's account"),
        pytest.param(f"{_FUNCTION}:live", ("lambda", True), id="an alias of a function"),
    ],
)
def test_the_form_of_an_endpoint_decides_about_the_subscription(
    stack: str, endpoint: str, expected: tuple[object, object]
) -> None:
    assert _subscribed(stack, endpoint) == expected


def test_a_function_of_another_partition_is_elsewhere() -> None:
    pseudo = {"AWS::Partition": "aws-cn"}
    assert _subscribed("security-alerts", _FUNCTION, **pseudo) == ("lambda", False)

"""Which endpoints of topics are subscribed, and which functions the stack allows SNS to call."""

import json

import pytest

from trailbell.source_location import PROJECT
from trailbell.template.evaluate import Evaluator, Scope

_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "111122223333",
    "AWS::StackName": "security-alerts",
}
_FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:notify"


def _conditions(stack: str, protocol: str, endpoint: str, **pseudo: str) -> tuple[object, object]:
    """Whether the stack makes the subscription, and the permission of the function."""
    template = json.loads((PROJECT / "dist" / f"{stack}.json").read_bytes())
    parameters = {"HighProtocol": protocol, "HighEndpoint": endpoint}
    evaluator = Evaluator(template, Scope(parameters=parameters, pseudo=_PSEUDO | pseudo))
    resources = template["Resources"]
    return (
        evaluator.exists(resources["HighSubscription"]),
        evaluator.exists(resources["HighLambdaPermission"]),
    )


@pytest.mark.parametrize("stack", ["security-alerts", "alerts"])
@pytest.mark.parametrize(
    ("protocol", "endpoint", "expected"),
    [
        pytest.param("lambda", "", (False, False), id="no endpoint has neither"),
        pytest.param("email", "you@example.com", (True, False), id="an e-mail address"),
        pytest.param(
            "https",
            "https://example.com/:function:/x",
            (True, False),
            id="a URL that looks like a function",
        ),
        pytest.param(
            "sqs",
            "arn:aws:sqs:eu-west-1:111122223333:alerts",
            (True, False),
            id="a queue has no permission",
        ),
        pytest.param(
            "lambda",
            "arn:aws:lambda:eu-west-1:123456789012:function:notify",
            (True, False),
            id="the permission of another account's function is for that account to add",
        ),
        pytest.param(
            "lambda",
            "arn:aws:lambda:us-east-1:111122223333:function:notify",
            (True, False),
            id="the permission of another Region's function can be added in that Region only",
        ),
        pytest.param(
            "lambda",
            "arn:aws:lambda:eu-west-1:1111222233334:function:notify",
            (True, False),
            id="an account ID that only starts with this one",
        ),
        pytest.param("lambda", _FUNCTION, (True, True), id="a function of the stack's account"),
        pytest.param("lambda", f"{_FUNCTION}:live", (True, True), id="an alias of a function"),
    ],
)
def test_sns_may_call_functions_of_the_same_account_and_region(
    stack: str, protocol: str, endpoint: str, expected: tuple[bool, bool]
) -> None:
    assert _conditions(stack, protocol, endpoint) == expected


def test_a_function_of_another_partition_is_elsewhere() -> None:
    pseudo = {"AWS::Partition": "aws-cn"}
    assert _conditions("security-alerts", "lambda", _FUNCTION, **pseudo) == (True, False)

"""The findings that a template itself suppresses."""

from typing import Any

import pytest

from trailbell.validate.suppression import Suppression, suppressions


def _metadata(*rules: Any, **further: Any) -> dict[str, Any]:
    return {"Metadata": {"cfn-lint": {"config": {"ignore_checks": list(rules)}, **further}}}


_PATH = ("Resources", "A", "Metadata", "cfn-lint")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param({}, [], id="no metadata"),
        pytest.param({"Metadata": {"cfn-lint": {"config": {}}}}, [], id="no rules"),
        pytest.param(_metadata(), [], id="an empty list of rules"),
        pytest.param({"Metadata": {"cfn-lint": "x"}}, [], id="a value that is not a mapping"),
        pytest.param({"Resources": {"A": [1]}}, [], id="a resource that is not a mapping"),
        pytest.param(
            _metadata("W2001", reason="ours"),
            [Suppression(("W2001",), "ours", ("Metadata", "cfn-lint"))],
            id="in the template",
        ),
        pytest.param(
            {"Resources": {"A": _metadata("W2001", "E9811", reason=" a b ")}},
            [Suppression(("W2001", "E9811"), "a b", _PATH)],
            id="in a resource",
        ),
        pytest.param(
            {"Resources": {"A": _metadata("W2001")}},
            [Suppression(("W2001",), "", _PATH)],
            id="without a reason",
        ),
        pytest.param(
            {"Resources": {"Fn::ForEach::L": ["X", ["a"], {"A": _metadata("W2001", reason="r")}]}},
            [Suppression(("W2001",), "r", _PATH)],
            id="in a loop",
        ),
    ],
)
def test_suppressions(document: dict[str, Any], expected: list[Suppression]) -> None:
    assert [*suppressions(document)] == expected

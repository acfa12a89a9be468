"""Transitions that are not before the expiration are named, where that is certain."""

from typing import Any

import pytest

from trailbell.template.evaluate import UNKNOWN, Scope
from trailbell.template.lifecycles import late_transitions, names_transitions


def _template(*transitions: Any, expiration: Any = 90, **attributes: Any) -> dict[str, Any]:
    rule = {"Status": "Enabled", "ExpirationInDays": expiration, "Transitions": list(transitions)}
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"LifecycleConfiguration": {"Rules": [rule]}},
        **attributes,
    }
    return {
        "Parameters": {"Days": {"Type": "Number", "Default": 30}},
        "Conditions": {"No": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"B": bucket},
    }


def _after(days: Any) -> dict[str, Any]:
    return {"StorageClass": "GLACIER", "TransitionInDays": days}


_DAYS = {"Ref": "Days"}
_LATE = "B would move objects after {} days, but deletes them after {}"


@pytest.mark.parametrize(
    ("template", "days", "expected"),
    [
        pytest.param(_template(), "30", [], id="no transition"),
        pytest.param(_template(_after(89)), "30", [], id="a day before the expiration"),
        pytest.param(_template(_after(_DAYS)), UNKNOWN, [], id="days that are not known"),
        pytest.param(_template(_after(90), expiration=None), "30", [], id="no expiration"),
        pytest.param(_template(_after(90), Condition="No"), "30", [], id="no bucket"),
        pytest.param(
            _template({"Fn::If": ["No", _after(90), {"Ref": "AWS::NoValue"}]}),
            "30",
            [],
            id="a branch that is not taken",
        ),
        pytest.param(_template(_after(90)), "30", [_LATE.format(90, 90)], id="on the same day"),
        pytest.param(
            _template(_after(1), _after(_DAYS)),
            "1000",
            [_LATE.format("1,000", 90)],
            id="the second one, by a parameter",
        ),
        pytest.param(
            _template(_after(60), expiration=_DAYS),
            "30",
            [_LATE.format(60, 30)],
            id="an expiration by a parameter",
        ),
    ],
)
def test_transitions(template: dict[str, Any], days: Any, expected: list[str]) -> None:
    assert list(late_transitions(template, Scope(parameters={"Days": days}))) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}, False, id="no bucket"),
        pytest.param({"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}, False, id="no rule"),
        pytest.param(_template(_after(1)), True, id="a transition"),
    ],
)
def test_whether_a_template_has_transitions(template: dict[str, Any], *, expected: bool) -> None:
    assert names_transitions(template) is expected

"""The rule E9828: a metric filter has what CloudWatch Logs accepts."""

import pytest

from tests.validate.rule_matches import (
    NO_VALUE,
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.MetricFilterRefused import MetricFilterRefused

_JSON = '{ $.eventName = "x" }'
_DIMENSIONS = [{"Key": "Code", "Value": "$.a"}]


def _filter(pattern: object = _JSON, group: object = "lg", **transformation: object) -> Resources:
    values = {"MetricName": "M", "MetricNamespace": "N", "MetricValue": "1"} | transformation
    return {
        "F": resource(
            "Logs::MetricFilter",
            LogGroupName=group,
            FilterPattern=pattern,
            MetricTransformations=[values],
        )
    }


def _group(**properties: object) -> Resources:
    return {"G": resource("Logs::LogGroup", **properties)}


_PATH = "F.Properties.MetricTransformations.0"
_NO_FIELDS = (
    f"{_PATH}.Dimensions",
    (
        "A pattern of terms has no fields for dimensions. Remove Dimensions, or match fields of "
        "JSON or "
        "of a space-delimited line."
    ),
)
_DEFAULT = (
    f"{_PATH}.Dimensions",
    "A metric with dimensions can have no default value. Remove Dimensions or DefaultValue.",
)
_ZERO = (
    f"{_PATH}.MetricValue",
    "The value of each match is 0, so that matches are not counted. Use 1.",
)
_CLASS = (
    "F.Properties.LogGroupName",
    (
        "The log group has the class INFREQUENT_ACCESS, which supports no metric filters. Use "
        "the class "
        "STANDARD."
    ),
)
_CASES = [
    silent("a filter without dimensions", _filter()),
    silent("dimensions with fields of JSON", _filter(Dimensions=_DIMENSIONS)),
    silent("dimensions with fields of a line", _filter("[a, b]", Dimensions=_DIMENSIONS)),
    silent("no dimensions with terms", _filter("ERROR", DefaultValue=0)),
    silent("dimensions without value", _filter("ERROR", Dimensions=NO_VALUE)),
    silent("a pattern from a parameter", _filter(ref("Pattern"), Dimensions=_DIMENSIONS)),
    silent("a pattern that is another fault", _filter("{ $.a", Dimensions=_DIMENSIONS)),
    silent("a value from the event", _filter(MetricValue="$.bytes")),
    silent("a group of the class STANDARD", _filter(group=ref("G")) | _group()),
    silent(
        "a group whose class is a parameter",
        _filter(group=ref("G")) | _group(LogGroupClass=ref("Class")),
    ),
    silent("another group", _filter() | _group(LogGroupClass="INFREQUENT_ACCESS")),
    silent("a value of 0.5", _filter(MetricValue="0.5")),
    silent("a default value of 0 and no dimensions", _filter(DefaultValue="0")),
    silent("a value from a parameter", _filter(MetricValue=ref("Value"))),
    silent(
        "another group with the same name in another branch",
        _filter(group=either("lg", NO_VALUE)) | _group(LogGroupClass="STANDARD", LogGroupName="lg"),
    ),
    fires("dimensions with terms", _filter("?A ?B", Dimensions=_DIMENSIONS), _NO_FIELDS),
    fires("dimensions of every event", _filter(" ", Dimensions=_DIMENSIONS), _NO_FIELDS),
    fires("dimensions by Sub", _filter(sub("ERROR"), Dimensions=_DIMENSIONS), _NO_FIELDS),
    fires(
        "dimensions and a default value", _filter(Dimensions=_DIMENSIONS, DefaultValue=0), _DEFAULT
    ),
    fires(
        "a default value in one branch",
        _filter(Dimensions=_DIMENSIONS, DefaultValue=either(0, NO_VALUE)),
        _DEFAULT,
    ),
    fires("a value of 0", _filter(MetricValue="0"), _ZERO),
    fires("a number", _filter(MetricValue=0), _ZERO),
    fires(
        "a group for infrequent access",
        _filter(group=ref("G")) | _group(LogGroupClass="INFREQUENT_ACCESS"),
        _CLASS,
    ),
    fires(
        "a group of the class DELIVERY",
        _filter(group=ref("G")) | _group(LogGroupClass="DELIVERY"),
        (_CLASS[0], _CLASS[1].replace("INFREQUENT_ACCESS", "DELIVERY")),
    ),
    fires(
        "by its name",
        _filter() | _group(LogGroupName="lg", LogGroupClass="INFREQUENT_ACCESS"),
        _CLASS,
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(MetricFilterRefused(), resources) == findings

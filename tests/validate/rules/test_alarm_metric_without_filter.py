"""The rule E9802: an alarm's metric is produced by a filter of its template."""

import pytest

from tests.validate.judged import (
    Found,
    Resources,
    either,
    fires,
    judged,
    ref,
    resource,
    silent,
    sub,
)
from trailbell.validate.rules.AlarmMetricWithoutFilter import AlarmMetricWithoutFilter


def _filter(namespace: object, name: object) -> object:
    transformation = {"MetricNamespace": namespace, "MetricName": name, "MetricValue": "1"}
    return resource("Logs::MetricFilter", MetricTransformations=[transformation])


def _alarm(namespace: object, name: object) -> object:
    return resource("CloudWatch::Alarm", Namespace=namespace, MetricName=name)


def _query(namespace: object, name: object) -> dict[str, object]:
    return {"MetricStat": {"Metric": {"Namespace": namespace, "MetricName": name}}}


_AT = "A.Properties.MetricName"
_CASES = [
    silent("an alarm alone", {"A": _alarm("Own", "Used")}),
    silent("both name one metric", {"F": _filter("Own", "Use"), "A": _alarm("Own", "Use")}),
    silent(
        "a namespace into which no filter here writes",
        {"F": _filter("Own", "Use"), "A": _alarm("AWS/SNS", "NumberOfNotificationsFailed")},
    ),
    silent(
        "both take the namespace from one parameter",
        {"F": _filter(ref("Space"), "Use"), "A": _alarm(ref("Space"), "Use")},
    ),
    silent(
        "a metric whose name nobody knows before deployment",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", sub("${Name}"))},
    ),
    silent(
        "a filter whose metric nobody knows before deployment",
        {"F": _filter("Own", ref("Name")), "A": _alarm("Own", "Use")},
    ),
    silent(
        "metric math over metrics of the template",
        {
            "F": _filter("Own", "Use"),
            "A": resource("CloudWatch::Alarm", Metrics=[_query("Own", "Use"), {"Expression": "m"}]),
        },
    ),
    fires(
        "a slip of the pen",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", "Usee")},
        (_AT, "no metric filter here produces Own/Usee"),
    ),
    fires(
        "a slip of the pen, in a namespace from a parameter",
        {"F": _filter(ref("Space"), "Use"), "A": _alarm(ref("Space"), "Usee")},
        (_AT, "no metric filter here produces ${Space}/Usee"),
    ),
    fires(
        "one branch of two",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", either("Use", "Usee"))},
        (f"{_AT}.Fn::If.2", "no metric filter here produces Own/Usee"),
    ),
    fires(
        "metric math",
        {
            "F": _filter("Own", "Use"),
            "A": resource("CloudWatch::Alarm", Metrics=[_query("Own", "Usee")]),
        },
        (
            "A.Properties.Metrics.0.MetricStat.Metric.MetricName",
            "no metric filter here produces Own/Usee",
        ),
    ),
]


@pytest.mark.parametrize(("resources", "found"), _CASES)
def test_rule(resources: Resources, found: Found) -> None:
    assert judged(AlarmMetricWithoutFilter(), resources) == found

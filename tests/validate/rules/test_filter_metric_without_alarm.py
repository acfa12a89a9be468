"""The rule W9803: a filter's metric is watched by an alarm of its template."""

import pytest

from tests.validate.judged import Found, Resources, fires, judged, ref, resource, silent, sub
from trailbell.validate.rules.FilterMetricWithoutAlarm import FilterMetricWithoutAlarm


def _filter(namespace: object, name: object) -> object:
    transformation = {"MetricNamespace": namespace, "MetricName": name, "MetricValue": "1"}
    return resource("Logs::MetricFilter", MetricTransformations=[transformation])


def _alarm(namespace: object, name: object) -> object:
    return resource("CloudWatch::Alarm", Namespace=namespace, MetricName=name)


_AT = "F.Properties.MetricTransformations.0.MetricName"
_CASES = [
    silent("a filter alone: its alarms are elsewhere", {"F": _filter("Own", "Use")}),
    silent("both name one metric", {"F": _filter("Own", "Use"), "A": _alarm("Own", "Use")}),
    silent(
        "one parameter, written in two ways",
        {"F": _filter(ref("Space"), "Use"), "A": _alarm(sub("${Space}"), "Use")},
    ),
    silent(
        "a namespace that nobody knows before deployment",
        {"F": _filter("Own", "Use"), "A": _alarm(ref("Space"), "Use")},
    ),
    fires(
        "an alarm on another metric",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", "Other")},
        (_AT, "no alarm here watches Own/Use"),
    ),
    fires(
        "an alarm on another namespace",
        {"F": _filter("Own", "Use"), "A": _alarm("Other", "Use")},
        (_AT, "no alarm here watches Own/Use"),
    ),
]


@pytest.mark.parametrize(("resources", "found"), _CASES)
def test_rule(resources: Resources, found: Found) -> None:
    assert judged(FilterMetricWithoutAlarm(), resources) == found

"""The rule W9803: every metric filter's metric is watched by an alarm."""

import pytest

from tests.validate.rule_matches import (
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
from trailbell.validate.template_rules.FilterMetricWithoutAlarm import FilterMetricWithoutAlarm


def _filter(namespace: object, name: object) -> object:
    transformation = {"MetricNamespace": namespace, "MetricName": name, "MetricValue": "1"}
    return resource("Logs::MetricFilter", MetricTransformations=[transformation])


def _alarm(namespace: object, name: object) -> object:
    return resource("CloudWatch::Alarm", Namespace=namespace, MetricName=name)


def _query(expression: object) -> object:
    return resource("CloudWatch::Alarm", Metrics=[{"Id": "q", "Expression": expression}])


_NO_ALARM = (
    "No alarm in this template watches Own/Use. Add an alarm, or correct the namespace or the name "
    "of the metric."
)
_PATH = "F.Properties.MetricTransformations.0.MetricName"
_CASES = [
    silent("a template without alarms", {"F": _filter("Own", "Use")}),
    silent(
        "a filter and an alarm for the same metric",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", "Use")},
    ),
    silent(
        "the same parameter in Ref and Sub",
        {"F": _filter(ref("Space"), "Use"), "A": _alarm(sub("${Space}"), "Use")},
    ),
    silent(
        "a namespace that is known after deployment",
        {"F": _filter("Own", "Use"), "A": _alarm(ref("Space"), "Use")},
    ),
    silent(
        "an alarm on a query of Metrics Insights",
        {"F": _filter("Own", "Use"), "A": _query('SELECT SUM("Use") FROM "Own"')},
    ),
    silent(
        "a query with a schema",
        {"F": _filter("Own", "Use"), "A": _query('SELECT MAX(Use) FROM SCHEMA("Own", Code)')},
    ),
    silent(
        "a query with a variable",
        {"F": _filter("Own", "Use"), "A": _query(sub('SELECT SUM("Use") FROM "${Space}"'))},
    ),
    silent(
        "the end of a name that is known",
        {"F": _filter("Own", sub("${Stack}-Use")), "A": _alarm("Own", sub("${Name}-Use"))},
    ),
    silent(
        "a metric in metric math",
        {
            "F": _filter("Own", "Use"),
            "A": resource(
                "CloudWatch::Alarm",
                Metrics=[
                    {
                        "Id": "m",
                        "MetricStat": {"Metric": {"Namespace": "Own", "MetricName": "Use"}},
                    },
                    {"Id": "rate", "Expression": "m / PERIOD(m)"},
                ],
            ),
        },
    ),
    silent(
        "the metric in one branch of the alarm",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", either("Other", "Use"))},
    ),
    silent(
        "no alarm on metrics, but one on other alarms",
        {"F": _filter("Own", "Use"), "A": resource("CloudWatch::CompositeAlarm", AlarmRule="x")},
    ),
    fires(
        "a query of another metric",
        {"F": _filter("Own", "Use"), "A": _query('SELECT SUM("Other") FROM "Own"')},
        (_PATH, _NO_ALARM),
    ),
    fires(
        "names that can never be equal",
        {"F": _filter("Own", sub("${Stack}-Use")), "A": _alarm("Own", sub("${Stack}-Other"))},
        (_PATH, _NO_ALARM.replace("Own/Use", "Own/${Stack}-Use")),
    ),
    fires(
        "an alarm on another metric",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", "Other")},
        (_PATH, _NO_ALARM),
    ),
    fires(
        "an alarm on another namespace",
        {"F": _filter("Own", "Use"), "A": _alarm("Other", "Use")},
        (_PATH, _NO_ALARM),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(FilterMetricWithoutAlarm(), resources) == findings

"""The rule E9802: an alarm watches only metrics that a metric filter publishes."""

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
from trailbell.validate.template_rules.AlarmMetricWithoutFilter import AlarmMetricWithoutFilter


def _filter(namespace: object, name: object) -> object:
    transformation = {"MetricNamespace": namespace, "MetricName": name, "MetricValue": "1"}
    return resource("Logs::MetricFilter", MetricTransformations=[transformation])


def _alarm(namespace: object, name: object) -> object:
    return resource("CloudWatch::Alarm", Namespace=namespace, MetricName=name)


def _query(namespace: object, name: object) -> dict[str, object]:
    return {"MetricStat": {"Metric": {"Namespace": namespace, "MetricName": name}}}


_TYPO = (
    "No metric filter in this template publishes {}/Usee. Correct the namespace or the name of the "
    "metric, or add a metric filter."
)
_PATH = "A.Properties.MetricName"
_CASES = [
    silent("an alarm alone", {"A": _alarm("Own", "Used")}),
    silent(
        "a filter and an alarm for the same metric",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", "Use")},
    ),
    silent(
        "a namespace to which no filter publishes",
        {"F": _filter("Own", "Use"), "A": _alarm("AWS/SNS", "NumberOfNotificationsFailed")},
    ),
    silent(
        "a namespace from the same parameter",
        {"F": _filter(ref("Space"), "Use"), "A": _alarm(ref("Space"), "Use")},
    ),
    silent(
        "a metric name that is known after deployment",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", sub("${Name}"))},
    ),
    silent(
        "a filter whose metric is known after deployment",
        {"F": _filter("Own", ref("Name")), "A": _alarm("Own", "Use")},
    ),
    silent(
        "the same name by Join and by Sub",
        {
            "F": _filter("Own", {"Fn::Join": ["-", [ref("Stage"), "Use"]]}),
            "A": _alarm("Own", sub("${Stage}-Use")),
        },
    ),
    silent(
        "a query of Metrics Insights over the metric of a filter",
        {
            "F": _filter("Own", "Use"),
            "A": resource(
                "CloudWatch::Alarm", Metrics=[{"Expression": 'SELECT SUM("Use") FROM "Own"'}]
            ),
        },
    ),
    silent(
        "a metric of a nested stack",
        {"S": resource("CloudFormation::Stack", TemplateURL="x"), "A": _alarm("Own", "Use")},
    ),
    silent(
        "an alarm on the logs themselves",
        {"F": _filter("Own", "Use"), "A": resource("CloudWatch::LogAlarm", Namespace="Own")},
    ),
    fires(
        "the name of a filter, which is not that of its metric",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", ref("F"))},
        (_PATH, _TYPO.replace("{}/Usee", "Own/${F}")),
    ),
    fires(
        "names that can never be equal",
        {"F": _filter("Own", sub("${S}-a")), "A": _alarm("Own", sub("${S}-b"))},
        (_PATH, _TYPO.replace("{}/Usee", "Own/${S}-b")),
    ),
    silent(
        "metric math over metrics of the template",
        {
            "F": _filter("Own", "Use"),
            "A": resource("CloudWatch::Alarm", Metrics=[_query("Own", "Use"), {"Expression": "m"}]),
        },
    ),
    fires(
        "a misspelled name",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", "Usee")},
        (_PATH, _TYPO.format("Own")),
    ),
    fires(
        "a misspelled name in a namespace from a parameter",
        {"F": _filter(ref("Space"), "Use"), "A": _alarm(ref("Space"), "Usee")},
        (_PATH, _TYPO.format("${Space}")),
    ),
    fires(
        "one branch of two",
        {"F": _filter("Own", "Use"), "A": _alarm("Own", either("Use", "Usee"))},
        (f"{_PATH}.Fn::If.2", _TYPO.format("Own")),
    ),
    fires(
        "metric math",
        {
            "F": _filter("Own", "Use"),
            "A": resource("CloudWatch::Alarm", Metrics=[_query("Own", "Usee")]),
        },
        (
            "A.Properties.Metrics.0.MetricStat.Metric.MetricName",
            _TYPO.format("Own"),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(AlarmMetricWithoutFilter(), resources) == findings

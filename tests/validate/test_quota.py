"""How much of its quotas a template uses."""

from typing import Any

import pytest

from trailbell.validate.quota import Quota, quotas

_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"
_LOG_ALARM = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html"
_ALARM = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"

_EMPTY = [
    Quota("bytes of JSON", 0, 51_200),
    Quota("bytes of YAML", 0, 51_200),
    Quota("bytes of description", 0, 1_024, ("Description",)),
    Quota("dynamic references", 0, 60),
    Quota("metric filters", 0, 100, ("Resources",), _LOGS),
]


def _resource(resource_type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": resource_type, "Properties": properties}


def _query(text: Any) -> dict[str, Any]:
    return _resource("AWS::CloudWatch::LogAlarm", ScheduledQueryConfiguration={"QueryString": text})


@pytest.mark.parametrize(
    ("document", "used"),
    [
        pytest.param({}, [], id="an empty template"),
        pytest.param(
            {"Description": "é" * 10},
            [Quota("bytes of description", 20, 1_024, ("Description",))],
            id="a description counts in bytes",
        ),
        pytest.param(
            {"Parameters": {"A": {}, "B": {}}, "Outputs": {"A": {}}, "Mappings": {"A": {}}},
            [
                Quota("parameters", 2, 200, ("Parameters",)),
                Quota("mappings", 1, 200, ("Mappings",)),
                Quota("outputs", 1, 200, ("Outputs",)),
            ],
            id="entries of sections",
        ),
        pytest.param(
            {"Resources": {"A": _resource("X", Y="{{resolve:ssm:a}} {{resolve:ssm:b}}")}},
            [
                Quota("dynamic references", 2, 60),
                Quota("resources", 1, 500, ("Resources",)),
            ],
            id="two dynamic references in one text",
        ),
        pytest.param(
            {"Resources": {"F": _resource("AWS::Logs::MetricFilter")}},
            [
                Quota("metric filters", 1, 100, ("Resources",), _LOGS),
                Quota("resources", 1, 500, ("Resources",)),
            ],
            id="a metric filter",
        ),
        pytest.param(
            {
                "Resources": {
                    "A": _resource("AWS::CloudWatch::Alarm"),
                    "B": _resource("AWS::CloudWatch::Alarm", AlarmDescription="é" * 9),
                    "C": _resource("AWS::CloudWatch::Alarm", AlarmDescription={"Ref": "Text"}),
                }
            },
            [
                Quota(
                    "characters of alarm description",
                    9,
                    1_024,
                    ("Resources", "B", "Properties", "AlarmDescription"),
                    _ALARM,
                ),
                Quota("resources", 3, 500, ("Resources",)),
            ],
            id="the longest description of an alarm counts in characters",
        ),
        pytest.param(
            {
                "Resources": {
                    "A": _resource(
                        "AWS::CloudWatch::Alarm", AlarmDescription={"Fn::Sub": "x" * 9 + "${Y}"}
                    )
                }
            },
            [
                Quota(
                    "characters of alarm description",
                    9,
                    1_024,
                    ("Resources", "A", "Properties", "AlarmDescription"),
                    _ALARM,
                ),
                Quota("resources", 1, 500, ("Resources",)),
            ],
            id="a description counts without its variables",
        ),
        pytest.param(
            {
                "Resources": {
                    "A": _resource("AWS::CloudWatch::LogAlarm", AlarmDescription="Words"),
                    "B": _resource("AWS::CloudWatch::LogAlarm", ScheduledQueryConfiguration="?"),
                    "C": _query("fields @message"),
                    "D": _query({"Fn::Sub": "fields ${X}"}),
                }
            },
            [
                Quota(
                    "characters of query",
                    15,
                    10_000,
                    (
                        *("Resources", "C", "Properties", "ScheduledQueryConfiguration"),
                        "QueryString",
                    ),
                    _LOG_ALARM,
                ),
                Quota("scheduled queries", 2, 100, ("Resources",), _LOG_ALARM),
                Quota(
                    "characters of alarm description",
                    5,
                    1_024,
                    ("Resources", "A", "Properties", "AlarmDescription"),
                    _ALARM,
                ),
                Quota("resources", 4, 500, ("Resources",)),
            ],
            id="the queries of log alarms, and the longest one",
        ),
    ],
)
def test_quotas(document: dict[str, Any], used: list[Quota]) -> None:
    counted = {quota.name for quota in used}
    rest = [quota for quota in _EMPTY if quota.name not in counted]
    expected = sorted([*used, *rest], key=lambda quota: (-quota.used / quota.limit, quota.name))
    assert quotas(document, json="", yaml="", inline=True) == tuple(expected)


def test_texts_count_in_bytes() -> None:
    by_name = {quota.name: quota for quota in quotas({}, json="é" * 25_600, yaml="x", inline=True)}
    assert (by_name["bytes of JSON"].share, by_name["bytes of YAML"].used) == (1.0, 1)

"""The dashboard in all combinations of what is deployed with it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from stacks import dashboard
from tests import PROJECT
from tests.packs import PACKS
from tests.stacks.combinations import Values, combinations_of, resolve
from trailbell.catalog.alarm_text import investigation_condition
from trailbell.catalog.detection import Catalog, Severity
from trailbell.command.project import load_catalog

_DOCUMENTS = {
    name: json.loads((PROJECT / "dist" / f"{name}.json").read_bytes())
    for name in ("dashboard", "security-alerts", *(pack.name for pack in PACKS[1:]))
}
_OPTIONAL = [pack.name for pack in PACKS if pack.name != "essentials"]
_EXPORTS = {
    "security-alerts-MetricNamespace": "Trailbell/security-alerts",
    "security-alerts-LogGroupName": "trail-events",
    "security-alerts-LogBucketName": "trail-logs",
    "security-alerts-BaseStackName": "base",
    **{
        f"security-alerts-{severity.capitalize()}TopicArn": (
            f"arn:aws:sns:us-east-1:111122223333:{severity}"
        )
        for severity in Severity
    },
}
_ROWS = combinations_of(_DOCUMENTS["dashboard"], strength=2, most=2_000)


def _resources(stack: str, values: Values) -> Iterator[Any]:
    document = _DOCUMENTS[stack]
    own = {name: value for name, value in values.items() if name in document["Parameters"]}
    yield from resolve(document, own, _EXPORTS)["Resources"].values()


def _widgets(values: Values, kind: str) -> list[dict[str, Any]]:
    (resource,) = _resources("dashboard", values)
    body = json.loads(resource["Properties"]["DashboardBody"])
    return [widget["properties"] for widget in body["widgets"] if widget["type"] == kind]


def _shown(values: Values) -> list[str]:
    """The stacks that are deployed according to these parameters."""
    packs = [pack for pack in _OPTIONAL if values[f"Show{pack.capitalize()}"] == "yes"]
    return ["security-alerts", *packs]


def _deployed(values: Values, kind: str) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for stack in _shown(values)
        for resource in _resources(stack, values)
        if resource["Type"] == kind
    ]


def test_the_combinations_are_all() -> None:
    assert len(_ROWS) == 2 ** len(_OPTIONAL) * 3 * 3


@pytest.mark.slow
def test_the_alarms_are_those_of_the_stacks_that_are_deployed() -> None:
    prefix = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:"
    differing = []
    for values in _ROWS:
        (widget,) = _widgets(values, "alarm")
        alarms = {alarm["AlarmName"] for alarm in _deployed(values, "AWS::CloudWatch::Alarm")}
        if sorted(widget["alarms"]) != sorted(prefix + name for name in alarms):
            differing.append(values)
    assert differing == []


@pytest.mark.slow
def test_the_metrics_are_those_of_the_stacks_that_are_deployed() -> None:
    """A metric that the tamper pack does not publish without a log bucket has no values."""
    differing = []
    for values in _ROWS:
        if values["LogBucketName"] == "":
            continue
        shown = [
            (namespace, name)
            for widget in _widgets(values, "metric")
            for namespace, name, _ in widget["metrics"]
        ]
        published = {
            (transformation["MetricNamespace"], transformation["MetricName"])
            for metric_filter in _deployed(values, "AWS::Logs::MetricFilter")
            for transformation in metric_filter["MetricTransformations"]
        }
        if sorted(shown) != sorted(published):
            differing.append(values)
    assert differing == []


@pytest.mark.parametrize(
    ("latest_events", "severities"),
    [
        pytest.param("none", [], id="no query"),
        pytest.param("high", ["high"], id="one query by default"),
        pytest.param("all", ["high", "medium and low"], id="two queries at most"),
    ],
)
def test_a_view_runs_a_few_queries_only(latest_events: str, severities: list[str]) -> None:
    found = {
        tuple(widget["title"].partition(" (without ")[0] for widget in _widgets(values, "log"))
        for values in _ROWS
        if values["LatestEvents"] == latest_events
    }
    assert found == {tuple(f"Latest events of {severity} severity" for severity in severities)}
    assert _DOCUMENTS["dashboard"]["Parameters"]["LatestEvents"]["Default"] == "high"


def test_a_query_lists_who_did_what_from_where_in_which_region_and_account() -> None:
    values = dict.fromkeys((f"Show{pack.capitalize()}" for pack in _OPTIONAL), "no")
    (widget,) = _widgets(values, "log")
    first, condition, *rest = widget["query"].splitlines()
    assert first == (
        "SOURCE 'trail-events' | fields @timestamp, jsonParse(@message) as record, "
        "coalesce(userIdentity.arn, userIdentity.userName, userIdentity.invokedBy) as who"
    )
    assert condition.startswith("| filter not ispresent(@message) or (")
    assert rest == [
        "| sort @timestamp desc",
        (
            "| display @timestamp, who, sourceIPAddress, awsRegion, record.recipientAccountId, "
            "eventName, errorCode"
        ),
        "| limit 20",
    ]


_CATALOG: Catalog = load_catalog()


@pytest.mark.parametrize(
    ("title", "severities"),
    [
        pytest.param("Latest events of high severity", {Severity.HIGH}, id="high"),
        pytest.param(
            "Latest events of medium and low severity",
            {Severity.MEDIUM, Severity.LOW},
            id="medium and low",
        ),
    ],
)
def test_a_query_has_the_condition_of_each_detection_that_is_deployed(
    title: str, severities: set[Severity]
) -> None:
    for values in _ROWS:
        for widget in _widgets(values, "log"):
            if not widget["title"].startswith(title):
                continue
            wanted = [
                f" or ({investigation_condition(detection)})"
                for detection in _CATALOG
                if detection.severity in severities
                and "${" not in detection.pattern_text
                and _CATALOG.deploying_pack(detection.id) in ("essentials", *_shown(values))
            ]
            missing = [text for text in wanted if widget["query"].count(text) != 1]
            assert len(missing) <= _number_left_out(widget["title"])
            assert len(widget["query"]) <= 10_000


def _number_left_out(title: str) -> int:
    """The number of detections in a title such as ``... (without a and b)``."""
    _, _, names = title.partition(" (without ")
    if number := re.match(r"\d+", names):
        return int(number[0])
    return len(names.split(" and ")) if names else 0


def test_without_a_log_bucket_the_query_does_not_look_for_changes_to_it() -> None:
    values = {"ShowTamper": "yes"}
    with_bucket, without = (
        _widgets(values | {"LogBucketName": name, **_NO_OTHERS}, "log")[0]["query"]
        for name in ("import", "")
    )
    assert ("trail-logs" in with_bucket, "PutBucketPolicy" in without) == (True, False)


_NO_OTHERS = dict.fromkeys((f"Show{pack.capitalize()}" for pack in ("cis", "identity")), "no")


def test_the_body_has_a_line_for_each_alarm_and_metric() -> None:
    (resource,) = _resources("dashboard", {})
    text = resource["Properties"]["DashboardBody"]
    longest = max(len(line) for line in text.splitlines() if '"query"' not in line)
    assert longest <= 160


@pytest.mark.parametrize(
    ("number", "left_out"),
    [
        pytest.param(2, "", id="all fit"),
        pytest.param(3, " (without root-use-2)", id="one"),
        pytest.param(4, " (without root-use-2 and root-use-3)", id="two"),
        pytest.param(5, " (without 3 detections of the pack essentials)", id="more"),
    ],
)
def test_detections_whose_conditions_do_not_fit_into_the_query_are_named(
    number: int, left_out: str
) -> None:
    """Exclusions make patterns long. A query has at most 10,000 characters."""
    written = _CATALOG.get("root-account-use")
    names = " || ".join(f'($.userIdentity.arn = "{"x" * 80}{n}")' for n in range(40))
    long = [
        written.with_changes(id=f"root-use-{n}", pattern=f"{{ {names} }}") for n in range(number)
    ]
    document = json.loads(json.dumps(dashboard.template(Catalog(tuple(long), PACKS)).to_dict()))
    resolved = resolve(document, {}, _EXPORTS)["Resources"]["Dashboard"]["Properties"]
    (widget,) = [
        widget["properties"]
        for widget in json.loads(resolved["DashboardBody"])["widgets"]
        if widget["type"] == "log"
    ]
    assert widget["title"] == f"Latest events of high severity{left_out}"
    assert widget["query"].count(" or (") == 2

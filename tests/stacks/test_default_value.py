"""Metric filters with and without the default value 0."""

import json

import pytest
from troposphere import Ref

from stacks.pieces.alarms import alarms
from stacks.pieces.base_refs import own_refs
from trailbell.catalog.detection import Timing
from trailbell.command.project import load_catalog


@pytest.mark.parametrize(
    ("timing", "transformation"),
    [
        pytest.param(Timing(), {"MetricValue": "1", "DefaultValue": 0}, id="the default value 0"),
        pytest.param(
            Timing(default_value=False),
            {"MetricValue": "1"},
            id="none, so that quiet hours are not billed",
        ),
    ],
)
def test_a_filter_publishes_the_default_value_of_its_detection(
    timing: Timing, transformation: dict[str, object]
) -> None:
    written = load_catalog().get("root-account-use")
    detection = written.with_changes(timing=timing)
    refs = own_refs(Ref("LogGroup"))
    metric_filter, alarm = alarms([detection], refs, max_bytes=10_000).resources
    properties = json.loads(json.dumps(metric_filter.to_dict()))["Properties"]
    (published,) = properties["MetricTransformations"]
    names = ("MetricValue", "DefaultValue")
    assert {name: published[name] for name in names if name in published} == transformation
    assert alarm.TreatMissingData == "notBreaching"

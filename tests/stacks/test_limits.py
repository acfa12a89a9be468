"""Deployed texts and names stay within the limits of their services, at their longest."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trailbell.catalog.placeholders import PLACEHOLDER_MAX_LENGTHS
from trailbell.source_location import PROJECT
from trailbell.template.evaluate import Evaluator, Scope

_LONGEST = {name: "x" * length for name, length in PLACEHOLDER_MAX_LENGTHS.items()}
_PACKS = ("cis", "tamper", "identity", "exposure")


def _resolved(value: Any) -> str:
    match value:
        case {"Fn::Sub": [str(text), dict()]}:
            return re.sub(r"\$\{(\w+)\}", lambda match: _LONGEST[match[1]], text)
        case _:
            return str(value)


@pytest.mark.parametrize("pack", _PACKS)
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param("AWS::CloudWatch::Alarm", "AlarmDescription", id="descriptions of alarms"),
        pytest.param("AWS::Logs::MetricFilter", "FilterPattern", id="patterns of filters"),
    ],
)
def test_no_text_is_longer_than_1024_characters(kind: str, name: str, pack: str) -> None:
    document = json.loads(Path(PROJECT, "dist", f"{pack}.json").read_text())
    lengths = {
        logical_id: len(_resolved(resource["Properties"][name]))
        for logical_id, resource in document["Resources"].items()
        if resource["Type"] == kind
    }
    assert lengths
    assert {key: length for key, length in lengths.items() if length > 1_024} == {}


# ------------------------------------------------------------------------------ names

_LONGEST_VALUES = {
    "InstallationName": "I" * 40,
    "TrailName": "t" * 60,
    "MetricNamespace": "N" * 201,
    "PipelineName": "p" * 28,
}
"""The longest values of the parameters in names."""

_LIMITS = {
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html
    ("AWS::CloudTrail::Trail", "TrailName"): 128,
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    ("AWS::CloudWatch::Alarm", "AlarmName"): 255,
    ("AWS::CloudWatch::Alarm", "Namespace"): 255,
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
    ("AWS::CloudWatch::Dashboard", "DashboardName"): 255,
    # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
    ("AWS::Events::Rule", "Name"): 64,
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
    ("AWS::Logs::LogGroup", "LogGroupName"): 512,
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
    ("AWS::Logs::MetricFilter", "FilterName"): 512,
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
    ("AWS::Logs::QueryDefinition", "Name"): 255,
    # https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_osis_CreatePipeline.html
    ("AWS::OSIS::Pipeline", "PipelineName"): 28,
    # https://docs.aws.amazon.com/opensearch-service/latest/ServerlessAPIReference/API_CreateCollection.html
    ("AWS::OpenSearchServerless::AccessPolicy", "Name"): 32,
    ("AWS::OpenSearchServerless::Collection", "Name"): 32,
    ("AWS::OpenSearchServerless::LifecyclePolicy", "Name"): 32,
    ("AWS::OpenSearchServerless::SecurityPolicy", "Name"): 32,
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    ("AWS::SQS::Queue", "QueueName"): 80,
}
_DOCUMENTS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_bytes())
    for path in sorted((PROJECT / "dist").glob("*.json"))
    if path.stem != "manifest"
}


def _names(document: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str], str]]:
    """Logical id, type and property, and name of each resource whose name has a parameter."""
    pseudo = {
        "AWS::Region": "ap-southeast-1",
        "AWS::StackId": f"arn:aws:cloudformation:ap-southeast-1:111122223333:stack/s/{'0' * 36}",
    }
    exports = {f"{'I' * 40}-MetricNamespace": f"{'N' * 201}/{'I' * 40}"}
    scope = Scope(parameters=_LONGEST_VALUES, pseudo=pseudo, exports=exports)
    evaluator = Evaluator(document, scope)
    for logical_id, resource in document["Resources"].items():
        for kind, name in _LIMITS:
            if resource["Type"] == kind and name in resource["Properties"]:
                text = evaluator.text(resource["Properties"][name])
                assert text is not None, logical_id
                yield logical_id, (kind, name), text


@pytest.mark.parametrize("stack", _DOCUMENTS)
def test_a_name_with_the_longest_parameters_is_within_the_limit_of_its_service(stack: str) -> None:
    names = list(_names(_DOCUMENTS[stack]))
    assert {name: text for name, kind, text in names if len(text) > _LIMITS[kind]} == {}


def test_every_limit_is_that_of_a_name() -> None:
    kinds = {kind for document in _DOCUMENTS.values() for _, kind, _ in _names(document)}
    assert kinds == set(_LIMITS)


@pytest.mark.parametrize("name", _LONGEST_VALUES)
def test_a_parameter_can_be_as_long_and_not_longer(name: str) -> None:
    value = _LONGEST_VALUES[name]
    declared = [
        document["Parameters"][name]
        for document in _DOCUMENTS.values()
        if name in document["Parameters"]
    ]
    assert declared
    for parameter in declared:
        assert _accepts(parameter, value)
        assert not _accepts(parameter, value + value[-1])


def _accepts(parameter: dict[str, Any], value: str) -> bool:
    most = int(parameter.get("MaxLength", len(value)))
    return bool(re.fullmatch(parameter["AllowedPattern"], value)) and len(value) <= most

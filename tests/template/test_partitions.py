"""What differs between the partitions that stacks and commands support."""

import json
import re
from pathlib import Path

import botocore
import pytest

from stacks.log_archive import TRAIL_REGION
from stacks.pieces.arns import LOGS_SERVICE
from stacks.pieces.topics import topics
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.partitions import CONSOLE_DOMAINS, URL_SUFFIXES

_PARTITIONS = {
    partition["id"]: partition
    for partition in json.loads(
        Path(botocore.__file__).with_name("data").joinpath("partitions.json").read_text()
    )["partitions"]
}


def test_the_mapping_in_templates_is_the_same_table() -> None:
    assert topics().mappings == {
        "Console": {partition: {"Domain": domain} for partition, domain in CONSOLE_DOMAINS.items()}
    }


def test_the_suffixes_are_those_of_the_sdk_for_the_same_partitions() -> None:
    assert {
        name: _PARTITIONS[name]["outputs"]["dnsSuffix"] for name in CONSOLE_DOMAINS
    } == URL_SUFFIXES


@pytest.mark.parametrize(
    ("partition", "region", "service"),
    [
        pytest.param("aws", "eu-west-1", "logs.eu-west-1.amazonaws.com", id="commercial"),
        pytest.param("aws-cn", "cn-north-1", "logs.cn-north-1.amazonaws.com.cn", id="China"),
        pytest.param(
            "aws-eusc",
            "eusc-de-east-1",
            "logs.eusc-de-east-1.amazonaws.com",
            id="European Sovereign Cloud, where IAM rejects amazonaws.eu",
        ),
        pytest.param(
            "aws-us-gov", "us-gov-west-1", "logs.us-gov-west-1.amazonaws.com", id="GovCloud"
        ),
    ],
)
def test_the_principal_of_cloudwatch_logs(partition: str, region: str, service: str) -> None:
    pseudo = {"AWS::Region": region, "AWS::URLSuffix": URL_SUFFIXES[partition]}
    evaluator = Evaluator({}, Scope(pseudo=pseudo))
    assert evaluator.value(LOGS_SERVICE.to_dict()) == service


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        pytest.param("eusc", False, id="a partition is no Region"),
        pytest.param("Frankfurt", False, id="a city is no Region"),
        pytest.param("", True, id="none"),
        *(
            pytest.param(region, True, id=region)
            for name in CONSOLE_DOMAINS
            for region in _PARTITIONS[name]["regions"]
            if not region.endswith("-global")
        ),
    ],
)
def test_the_home_region_of_a_trail(text: str, *, accepted: bool) -> None:
    pattern = TRAIL_REGION.parameter.properties["AllowedPattern"]
    assert (re.search(pattern, text) is not None) is accepted

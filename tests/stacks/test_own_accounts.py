"""The stacks of a pack about other accounts, with settings that make its patterns long."""

import json
from typing import Any

import pytest

from stacks import data, data_realtime
from trailbell import Stack
from trailbell.catalog.selection import apply_selection, read_selection
from trailbell.command.project import load_project
from trailbell.settings import parse

_SETTINGS = """
[catalog]
own_accounts = ["123456789012", "210987654321", "345678901234", "432109876543"]

[catalog.exclude]
roles = ["Deployer", "Pipeline"]
"""


def _resources(stack: Stack) -> dict[str, Any]:
    written = load_project().written
    catalog = apply_selection(written, read_selection(parse(_SETTINGS), written))
    resources: dict[str, Any] = stack.template(catalog).to_dict()["Resources"]
    return dict(json.loads(json.dumps(resources)))


def test_only_the_account_of_the_deployment_is_a_reference_in_a_rule() -> None:
    rule = _resources(data_realtime.STACK)["NetworkBoundaryOpenedRule"]
    calls = rule["Properties"]["EventPattern"]["detail"]["$or"][0]["$or"]
    assert calls[1]["requestParameters"]["peerOwnerId"] == [
        {
            "anything-but": [
                {"Ref": "AWS::AccountId"},
                *("123456789012", "210987654321", "345678901234", "432109876543"),
            ]
        }
    ]


@pytest.mark.parametrize("detection", ["BucketOpenedByPolicy", "ResourceSharedByPolicy"])
def test_findings_in_parts_of_a_long_pattern_are_accepted(detection: str) -> None:
    filters = [
        resource
        for name, resource in _resources(data.STACK).items()
        if name.startswith(f"{detection}Filter")
    ]
    assert len(filters) > 1
    for resource in filters:
        accepted = resource["Metadata"]["cfn-lint"]
        assert accepted["config"] == {"ignore_checks": ["W9816"]}
        assert accepted["reason"].endswith(
            "This is one of the parts of a long pattern, which was checked as a whole."
        )

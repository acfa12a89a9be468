"""
Every stack, created under its former names, updated to the current ones, and deleted.

Before `InstallationName`, a base stack and a trail had the name of their stack, and the other
stacks named theirs by a parameter. On an emulator, the update must replace nothing.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests import PROJECT
from tests.packs import PACKS
from trailbell.dist import manifest

pytestmark = pytest.mark.emulator

_ENTRIES = manifest.read(PROJECT / "dist").stacks
_ADDED_LATER = {name for name in _ENTRIES if "realtime" in name or name.endswith(("-chat", "hunt"))}
"""Stacks that had the name of the installation from the beginning."""
_NAMED_BY_STACK = ("security-alerts", "alerts", "trail", "organization-trail")
_NAMED_BY_PARAMETER = {"log-archive": "TrailStackName"}


@dataclass(frozen=True)
class _Deployed:
    """A stack of a topology. ``outputs`` maps parameters to outputs of an earlier stack."""

    stack: str
    name: str
    installation: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(
            Path(PROJECT, "dist", f"{self.stack}.json").read_text()
        )
        return document

    @property
    def former_document(self) -> dict[str, Any]:
        """The template with its names as they were before ``InstallationName``."""
        document = self.document
        if "InstallationName" not in document["Parameters"]:
            return document
        if self.stack in _NAMED_BY_STACK:
            del document["Parameters"]["InstallationName"]
            former = "AWS::StackName"
        else:
            former = _NAMED_BY_PARAMETER.get(self.stack, "BaseStackName")
        del document["Metadata"]
        named: dict[str, Any] = json.loads(
            json.dumps(document)
            .replace("${InstallationName}", f"${{{former}}}")
            .replace('"InstallationName"', f'"{former}"')
        )
        return named

    @property
    def former_parameters(self) -> dict[str, str]:
        """The parameters as they were before ``InstallationName``."""
        if self.stack in _NAMED_BY_STACK or "InstallationName" not in self.document["Parameters"]:
            return {}
        return {_NAMED_BY_PARAMETER.get(self.stack, "BaseStackName"): self.installation}

    @property
    def current_parameters(self) -> dict[str, str]:
        """The parameter that keeps the former names."""
        declared = "InstallationName" in self.document["Parameters"]
        return {"InstallationName": self.installation} if declared else {}


def _packs(name: str) -> tuple[_Deployed, ...]:
    stacks = [stack for stack in _ENTRIES if stack.endswith("-queries")]
    stacks += [*(pack.name for pack in PACKS if pack.name != "essentials"), "dashboard", "queue"]
    return tuple(_Deployed(stack, f"{name}-{stack}", name) for stack in stacks)


_DOMAIN = {
    "DestinationArn": "arn:aws:es:us-east-1:111122223333:domain/events",
    "DestinationEndpoint": "https://search-events.us-east-1.es.amazonaws.com",
}


_ORGANIZATION = {"OrganizationId": "o-a1b2c3d4e5", "ManagementAccountId": "111122223333"}
_TOPOLOGIES = {
    "one account": (
        _Deployed("security-alerts", "watch", "watch", {"LogBucketEvents": "true"}),
        *_packs("watch"),
        _Deployed("search", "watch-search", "watch", _DOMAIN),
    ),
    "an existing trail": (
        _Deployed("trail", "records", "records"),
        _Deployed("alerts", "eyes", "eyes", outputs={"LogGroupName": "LogGroupName"}),
    ),
    "a log archive": (
        _Deployed("log-archive", "archive", "org", _ORGANIZATION),
        _Deployed(
            "organization-trail",
            "org",
            "org",
            {"OrganizationId": "o-a1b2c3d4e5"},
            {"ArchiveBucketName": "BucketName", "ArchiveKeyArn": "KeyArn"},
        ),
        _Deployed("alerts", "eyes", "eyes", outputs={"LogGroupName": "LogGroupName"}),
    ),
    "self-managed StackSets": (
        _Deployed("stackset-roles", "roles", "watch", {"AdministratorAccountId": "000000000000"}),
    ),
}


def test_every_stack_is_in_a_topology() -> None:
    assert {each.stack for stacks in _TOPOLOGIES.values() for each in stacks} == (
        set(_ENTRIES) - _ADDED_LATER
    )


@pytest.mark.parametrize(
    "topology", [pytest.param(each, id=name) for name, each in _TOPOLOGIES.items()]
)
def test_a_stack_keeps_its_resources_when_the_installation_gets_its_name(
    emulator: str, topology: tuple[_Deployed, ...]
) -> None:
    assert emulator
    outputs: dict[str, str] = {}
    given: dict[str, dict[str, str]] = {}
    former: dict[str, dict[str, str]] = {}
    for each in topology:
        values = {name: outputs[output] for name, output in each.outputs.items()}
        given[each.name] = {**each.parameters, **values}
        parameters = given[each.name] | each.former_parameters
        outputs |= _apply("create", each, each.former_document, parameters)
        former[each.name] = _physical_ids(each.name)
    for each in topology:
        if each.former_document == each.document:
            continue  # it has no names of an installation
        parameters = given[each.name] | each.current_parameters
        _apply("update", each, each.document, parameters)
        assert _physical_ids(each.name) == former[each.name]


@pytest.mark.parametrize(
    "topology", [pytest.param(each, id=name) for name, each in _TOPOLOGIES.items()]
)
def test_a_deleted_stack_leaves_the_evidence_only(
    emulator: str, topology: tuple[_Deployed, ...]
) -> None:
    assert emulator
    outputs: dict[str, str] = {}
    for each in topology:
        values = {name: outputs[output] for name, output in each.outputs.items()}
        parameters = {**each.parameters, **values, **each.current_parameters}
        outputs |= _apply("create", each, each.document, parameters)
    retained = sorted(
        resource["PhysicalResourceId"]
        for each in topology
        for resource in _resources(each.name)
        if resource["ResourceType"] in {"AWS::Logs::LogGroup", "AWS::S3::Bucket"}
    )
    for each in reversed(topology):
        _client("cloudformation").delete_stack(StackName=each.name)
        _client("cloudformation").get_waiter("stack_delete_complete").wait(
            StackName=each.name, WaiterConfig={"Delay": 1}
        )
    assert sorted(_names_in_account()) == retained


def _client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1")


def _apply(
    verb: str, each: _Deployed, document: dict[str, Any], parameters: Mapping[str, str]
) -> dict[str, str]:
    """Create or update a stack, and return its outputs."""
    cloudformation = _client("cloudformation")
    getattr(cloudformation, f"{verb}_stack")(
        StackName=each.name,
        TemplateBody=json.dumps(document),
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
        Capabilities=[*_ENTRIES[each.stack].capabilities],
    )
    waiter = cloudformation.get_waiter(f"stack_{verb}_complete")
    waiter.wait(StackName=each.name, WaiterConfig={"Delay": 1})
    (stack,) = cloudformation.describe_stacks(StackName=each.name)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _resources(stack: str) -> list[dict[str, Any]]:
    pages = _client("cloudformation").get_paginator("list_stack_resources")
    return [r for page in pages.paginate(StackName=stack) for r in page["StackResourceSummaries"]]


def _physical_ids(stack: str) -> dict[str, str]:
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in _resources(stack)}


def _names_in_account() -> Iterator[str]:
    """What the account has of each type that stacks create with a name, and of log groups."""
    for service, operation, key, name in (
        ("logs", "describe_log_groups", "logGroups", "logGroupName"),
        ("logs", "describe_query_definitions", "queryDefinitions", "name"),
        ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
        ("cloudtrail", "describe_trails", "trailList", "Name"),
        ("s3", "list_buckets", "Buckets", "Name"),
        ("sns", "list_topics", "Topics", "TopicArn"),
        ("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
        ("iam", "list_roles", "Roles", "RoleName"),
    ):
        yield from (entry[name] for entry in getattr(_client(service), operation)()[key])
    yield from _client("sqs").list_queues().get("QueueUrls", [])

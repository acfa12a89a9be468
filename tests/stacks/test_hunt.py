"""The table, the workgroup and the saved queries of a hunt."""

import json
from typing import Any

import pytest

from tests import PROJECT
from tests.packs import PACKS
from tests.pattern.targets.trino import unknown_constructs
from trailbell.template.evaluate import Evaluator, Scope

_ACCOUNT = "111122223333"


def _template(stack: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((PROJECT / "dist" / f"{stack}.json").read_bytes())
    return document


def _evaluator(stack: str, **parameters: str) -> Evaluator:
    scope = Scope(
        parameters=parameters,
        pseudo={
            "AWS::AccountId": _ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::Region": "eu-west-1",
            "AWS::StackName": stack,
        },
        physical_ids={
            "Database": "trailbell",
            "ResultBucket": "results",
            "WorkGroup": "security-alerts-hunt",
        },
        attributes={("ResultBucket", "Arn"): "arn:aws:s3:::results"},
        exports={
            "security-alerts-LogBucketName": "logs",
            "security-alerts-HuntDatabase": "trailbell",
            "security-alerts-HuntWorkGroup": "security-alerts-hunt",
        },
    )
    return Evaluator(_template(stack), scope)


def _properties(logical_id: str, **parameters: str) -> Any:
    resource = _template("hunt")["Resources"][logical_id]
    return _evaluator("hunt", **parameters).value(resource["Properties"])


@pytest.mark.parametrize(
    ("parameters", "location", "template", "accounts"),
    [
        pytest.param(
            {},
            "s3://logs/AWSLogs/",
            "s3://logs/AWSLogs/${account}/CloudTrail/${region}/${timestamp}",
            _ACCOUNT,
            id="the trail of this account",
        ),
        pytest.param(
            {
                "LogBucketName": "archive",
                "KeyPrefix": "org",
                "OrganizationId": "o-a1b2c3d4e5",
                "AccountIds": "111122223333,123456789012",
            },
            "s3://archive/org/AWSLogs/o-a1b2c3d4e5/",
            "s3://archive/org/AWSLogs/o-a1b2c3d4e5/${account}/CloudTrail/${region}/${timestamp}",
            "111122223333,123456789012",
            id="the trail of an organization",
        ),
    ],
)
def test_the_table_has_the_layout_of_the_trail(
    parameters: dict[str, str], location: str, template: str, accounts: str
) -> None:
    table = _properties("Table", **parameters, Regions="us-east-1,eu-west-1", FirstDay="2025/12/31")
    assert table["TableInput"]["StorageDescriptor"]["Location"] == location
    assert table["TableInput"]["Parameters"] == {
        "EXTERNAL": "TRUE",
        "classification": "cloudtrail",
        "projection.enabled": "true",
        "projection.account.type": "enum",
        "projection.account.values": accounts,
        "projection.region.type": "enum",
        "projection.region.values": "us-east-1,eu-west-1",
        "projection.timestamp.type": "date",
        "projection.timestamp.format": "yyyy/MM/dd",
        "projection.timestamp.interval": "1",
        "projection.timestamp.interval.unit": "DAYS",
        "projection.timestamp.range": "2025/12/31,NOW",
        "storage.location.template": template,
    }


def test_the_workgroup_limits_what_a_query_reads() -> None:
    assert _properties("WorkGroup", MaxScannedGigabytes="250") == {
        "Name": "security-alerts-hunt",
        "Description": "Queries of CloudTrail log files, installation security-alerts",
        "State": "ENABLED",
        "WorkGroupConfiguration": {
            "BytesScannedCutoffPerQuery": "250000000000",
            "EnforceWorkGroupConfiguration": True,
            "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
            "PublishCloudWatchMetricsEnabled": True,
            "RequesterPaysEnabled": False,
            "ResultConfiguration": {
                "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
                "ExpectedBucketOwner": _ACCOUNT,
                "OutputLocation": "s3://results/",
            },
        },
    }


def test_results_expire_and_their_bucket_is_retained() -> None:
    bucket = _template("hunt")["Resources"]["ResultBucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == (
        "RetainExceptOnCreate",
        "Retain",
    )
    (rule,) = _properties("ResultBucket")["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", "30")


def _sids(**parameters: str) -> list[str]:
    document = _properties("HunterPolicy", **parameters)["PolicyDocument"]
    return [statement["Sid"] for statement in document["Statement"]]


def test_hunters_decrypt_only_what_a_key_encrypts() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/0"
    assert "DecryptLogFiles" not in _sids()
    assert _sids(KeyArn=key) == [*_sids(), "DecryptLogFiles"]


@pytest.mark.parametrize("pack", [pack.name for pack in PACKS])
def test_each_saved_query_runs_in_the_workgroup(pack: str) -> None:
    template = _template(f"{pack}-hunt")
    evaluator = _evaluator(f"{pack}-hunt")
    queries = {
        logical_id: evaluator.value(resource["Properties"])
        for logical_id, resource in template["Resources"].items()
    }
    assert {query["Database"] for query in queries.values()} == {"trailbell"}
    assert {query["WorkGroup"] for query in queries.values()} == {"security-alerts-hunt"}
    texts = {logical_id: query["QueryString"] for logical_id, query in queries.items()}
    assert {
        name: constructs for name, text in texts.items() if (constructs := unknown_constructs(text))
    } == {}
    assert {name for name, text in texts.items() if "${" in text} == set()
    everything = texts.pop("AllDetectionsHunt")
    conditions = [text.partition("\nAND ")[2].partition("\nORDER BY")[0] for text in texts.values()]
    assert [condition for condition in conditions if condition not in everything] == []


def test_the_names_of_the_installation_are_in_the_saved_queries() -> None:
    evaluator = _evaluator("tamper-hunt", InstallationName="watch", LogBucketName="archive")
    resources = _template("tamper-hunt")["Resources"]
    names = {
        logical_id: evaluator.value(resources[logical_id]["Properties"]["QueryString"])
        for logical_id in ("TrailBucketTamperingHunt", "AlarmTamperingHunt")
    }
    assert "'archive'" in names["TrailBucketTamperingHunt"]
    assert "watch" in names["AlarmTamperingHunt"]

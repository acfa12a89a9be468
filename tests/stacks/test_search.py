"""The pipeline of the stack ``search``, for each kind of destination."""

import json
from typing import Any

import pytest
import yaml

from tests import PROJECT
from trailbell.template.evaluate import Evaluator, Scope

_TEMPLATE: dict[str, Any] = json.loads((PROJECT / "dist" / "search.json").read_bytes())
_ROLE = "arn:aws:iam::111122223333:role/pipeline"
_DOMAIN = "arn:aws:es:eu-west-1:111122223333:domain/events"
_COLLECTION = "arn:aws:aoss:eu-west-1:111122223333:collection/abc123"
_CREATED = "arn:aws:aoss:eu-west-1:111122223333:collection/new"
_QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/security-alerts-log-files"
_ENDPOINT = "https://search-events.eu-west-1.es.amazonaws.com"
_COLLECTION_TYPES = {
    "EncryptionPolicy",
    "NetworkPolicy",
    "RetentionPolicy",
    "Collection",
    "DataAccessPolicy",
}


def _evaluator(**parameters: str) -> Evaluator:
    scope = Scope(
        parameters={"DestinationEndpoint": _ENDPOINT} | parameters,
        pseudo={
            "AWS::Partition": "aws",
            "AWS::Region": "eu-west-1",
            "AWS::AccountId": "111122223333",
            "AWS::StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/search/0-1-2",
        },
        physical_ids={
            "Queue": _QUEUE,
            "RejectedEventsBucket": "rejected",
            "PipelineRole": "pipeline",
            "PipelineLogGroup": "log-group",
        },
        attributes={
            ("PipelineRole", "Arn"): _ROLE,
            ("Collection", "Arn"): _CREATED,
            ("Collection", "CollectionEndpoint"): "https://new.eu-west-1.aoss.amazonaws.com",
            ("Queue", "Arn"): "QUEUE",
            ("DeadLetterQueue", "Arn"): "DEAD-LETTERS",
            ("RejectedEventsBucket", "Arn"): "arn:aws:s3:::rejected",
        },
        exports={
            "security-alerts-LogBucketName": "logs",
            "security-alerts-MediumTopicArn": "TOPIC",
        },
    )
    return Evaluator(_TEMPLATE, scope)


def _properties(logical_id: str, **parameters: str) -> Any:
    return _evaluator(**parameters).value(_TEMPLATE["Resources"][logical_id]["Properties"])


@pytest.mark.parametrize(
    ("destination", "endpoint", "serverless", "document_id"),
    [
        pytest.param(_DOMAIN, _ENDPOINT, False, {"document_id": "${/eventID}"}, id="a domain"),
        pytest.param(_COLLECTION, _ENDPOINT, True, {}, id="a collection"),
        pytest.param(
            "create", "https://new.eu-west-1.aoss.amazonaws.com", True, {}, id="a new collection"
        ),
    ],
)
def test_the_configuration_of_the_pipeline(
    destination: str, endpoint: str, document_id: dict[str, str], *, serverless: bool
) -> None:
    properties = _properties("Pipeline", DestinationArn=destination)
    aws = {"region": "eu-west-1", "sts_role_arn": _ROLE}
    assert yaml.safe_load(properties["PipelineConfigurationBody"]) == {
        "version": "2",
        "cloudtrail": {
            "source": {
                "s3": {
                    "acknowledgments": True,
                    "notification_type": "sqs",
                    "notification_source": "eventbridge",
                    "compression": "gzip",
                    "codec": {"json": {"key_name": "Records"}},
                    "sqs": {
                        "queue_url": _QUEUE,
                        "visibility_timeout": "60s",
                        "visibility_duplication_protection": True,
                    },
                    "aws": aws,
                }
            },
            "processor": [
                {
                    "date": {
                        "match": [{"key": "eventTime", "patterns": ["yyyy-MM-dd'T'HH:mm:ssXXX"]}],
                        "destination": "@timestamp",
                    }
                },
                *(
                    {"write_json": {"source": member}}
                    for member in (
                        "requestParameters",
                        "responseElements",
                        "additionalEventData",
                        "serviceEventDetails",
                    )
                ),
            ],
            "sink": [
                {
                    "opensearch": {
                        "hosts": [endpoint],
                        "index": "cloudtrail-%{yyyy.MM.dd}",
                        **document_id,
                        "aws": {**aws, "serverless": serverless},
                        "dlq": {"s3": {"bucket": "rejected", "key_path_prefix": "rejected", **aws}},
                    }
                }
            ],
        },
    }


@pytest.mark.parametrize(
    ("destination", "resources"),
    [
        pytest.param(_DOMAIN, [[_DOMAIN], [f"{_DOMAIN}/*"]], id="a domain"),
        pytest.param(_COLLECTION, [["*"], [_COLLECTION]], id="a collection"),
        pytest.param("create", [["*"], [_CREATED]], id="a new collection"),
    ],
)
def test_the_role_writes_to_its_destination_only(
    destination: str, resources: list[list[str]]
) -> None:
    properties = _properties("DestinationPolicy", DestinationArn=destination)
    statements = properties["PolicyDocument"]["Statement"]
    assert [statement["Resource"] for statement in statements] == resources


@pytest.mark.parametrize(
    ("parameters", "missing"),
    [
        pytest.param(
            {"DestinationArn": _DOMAIN, "AlarmTopicArn": ""},
            {*_COLLECTION_TYPES, "DeadLettersAlarm", "DelayAlarm"},
            id="a domain, without alarms",
        ),
        pytest.param({"DestinationArn": _COLLECTION}, _COLLECTION_TYPES, id="a collection"),
        pytest.param({"DestinationArn": "create"}, set(), id="a new collection"),
    ],
)
def test_resources_that_are_not_made(parameters: dict[str, str], missing: set[str]) -> None:
    evaluator = _evaluator(**parameters)
    assert {
        logical_id
        for logical_id, resource in _TEMPLATE["Resources"].items()
        if not evaluator.exists(resource)
    } == missing


@pytest.mark.parametrize(
    ("searchers", "principals"),
    [
        pytest.param("", [[_ROLE]], id="no searchers"),
        pytest.param(
            "arn:aws:iam::111122223333:role/a,arn:aws:iam::111122223333:role/b",
            [[_ROLE], ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"]],
            id="two searchers",
        ),
    ],
)
def test_who_may_use_the_new_collection(searchers: str, principals: list[list[str]]) -> None:
    policy = _properties("DataAccessPolicy", DestinationArn="create", SearcherArns=searchers)
    rules = json.loads(policy["Policy"])
    assert [rule["Principal"] for rule in rules] == principals
    assert {
        resource for rule in rules for entry in rule["Rules"] for resource in entry["Resource"]
    } == {"index/security-alerts/cloudtrail-*"}


@pytest.mark.parametrize(
    ("logical_id", "expected"),
    [
        pytest.param(
            "EncryptionPolicy",
            {
                "Rules": [
                    {"ResourceType": "collection", "Resource": ["collection/security-alerts"]}
                ],
                "AWSOwnedKey": True,
            },
            id="encryption",
        ),
        pytest.param(
            "NetworkPolicy",
            [
                {
                    "Rules": [
                        {"ResourceType": kind, "Resource": ["collection/security-alerts"]}
                        for kind in ("collection", "dashboard")
                    ],
                    "AllowFromPublic": True,
                }
            ],
            id="network",
        ),
        pytest.param(
            "RetentionPolicy",
            {
                "Rules": [
                    {
                        "ResourceType": "index",
                        "Resource": ["index/security-alerts/cloudtrail-*"],
                        "MinIndexRetention": "90d",
                    }
                ]
            },
            id="retention",
        ),
    ],
)
def test_a_policy_of_the_new_collection_is_json(logical_id: str, expected: Any) -> None:
    assert json.loads(_properties(logical_id, DestinationArn="create")["Policy"]) == expected


def test_log_files_are_of_the_bucket_of_the_installation_or_of_the_one_named() -> None:
    imported = _properties("Rule", DestinationArn="create")
    given = _properties("Rule", DestinationArn="create", LogBucketName="mine")
    names = [rule["EventPattern"]["detail"]["bucket"]["name"] for rule in (imported, given)]
    assert names == [["logs"], ["mine"]]


def test_a_pipeline_in_a_vpc_has_subnets_and_security_groups() -> None:
    public = _properties("Pipeline", DestinationArn=_DOMAIN)
    private = _properties(
        "Pipeline",
        DestinationArn=_DOMAIN,
        SubnetIds="subnet-0123456789abcdef0",
        SecurityGroupIds="sg-0123456789abcdef0",
    )
    assert ("VpcOptions" in public, private["VpcOptions"]) == (
        False,
        {
            "SubnetIds": ["subnet-0123456789abcdef0"],
            "SecurityGroupIds": ["sg-0123456789abcdef0"],
        },
    )

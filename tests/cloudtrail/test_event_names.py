"""The names that CloudTrail gives to the events of a service."""

import gzip
import json
from pathlib import Path

import pytest

from trailbell.cloudtrail.event_names import BotocoreEventNames

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"


@pytest.mark.parametrize(
    ("source", "event"),
    [
        pytest.param("iam.amazonaws.com", "CreateUsr", id="a typing error"),
        pytest.param("iam.amazonaws.com", "createuser", id="another case"),
        pytest.param("kms.amazonaws.com", "CreateUser", id="another service"),
        pytest.param("s3.amazonaws.com", "PutBucketPolice", id="a typing error in s3"),
    ],
)
def test_no_such_event(source: str, event: str) -> None:
    names = BotocoreEventNames().event_names(source)
    assert names is not None
    assert event not in names


@pytest.mark.parametrize(
    ("source", "event"),
    [
        pytest.param("iam.amazonaws.com", "CreateUser", id="an operation"),
        pytest.param("ec2.amazonaws.com", "AttachClassicLinkVpc", id="a retired operation"),
        pytest.param("monitoring.amazonaws.com", "DeleteAlarms", id="a source with another name"),
        pytest.param("elasticloadbalancing.amazonaws.com", "CreateRule", id="two models: new"),
        pytest.param(
            "elasticloadbalancing.amazonaws.com",
            "CreateLoadBalancerListeners",
            id="two models: classic",
        ),
        pytest.param("kms.amazonaws.com", "RotateKey", id="an event that is not an API call"),
        pytest.param("lambda.amazonaws.com", "CreateFunction20150331", id="a name with a date"),
        pytest.param(
            "lambda.amazonaws.com", "AddPermission20150331v2", id="a name with a date and a version"
        ),
        pytest.param("cloudfront.amazonaws.com", "CreateFunction2020_05_31", id="another date"),
        pytest.param("s3.amazonaws.com", "PutBucketPublicAccessBlock", id="s3 for a bucket"),
        pytest.param("s3.amazonaws.com", "DeleteAccountPublicAccessBlock", id="s3 for an account"),
        pytest.param("s3.amazonaws.com", "PutBucketLifecycle", id="an older name"),
        pytest.param("s3.amazonaws.com", "PutBucketReplication", id="the same name"),
        pytest.param("s3.amazonaws.com", "GetBucketObjectLockConfiguration", id="a longer name"),
        pytest.param("s3.amazonaws.com", "GetAccelerateConfiguration", id="a shorter name"),
    ],
)
def test_event(source: str, event: str) -> None:
    names = BotocoreEventNames().event_names(source)
    assert names is not None
    assert event in names


@pytest.mark.parametrize("source", ["signin.amazonaws.com", "ssm.amazonaws.com", "iam", ""])
def test_other_sources_are_unknown(source: str) -> None:
    assert BotocoreEventNames().event_names(source) is None


@pytest.mark.skipif(not CORPORA.exists(), reason="the public records are not part of the project")
def test_events_of_public_records_are_known() -> None:
    models = BotocoreEventNames()
    unknown = set()
    for file in sorted(CORPORA.glob("*.jsonl.gz")):
        for line in gzip.decompress(file.read_bytes()).splitlines():
            record = json.loads(line)
            source, event = record.get("eventSource"), record.get("eventName")
            if isinstance(source, str) and isinstance(event, str):
                names = models.event_names(source)
                if names is not None and event not in names:
                    unknown.add((source, event))
    # Only the S3 console makes this call, and no page documents it.
    assert unknown == {("s3.amazonaws.com", "GetStorageLensDashboardDataInternal")}

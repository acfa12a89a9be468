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


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        pytest.param("CreateUser", "", id="an operation"),
        pytest.param("CreateDBSecurityGroup", "", id="an operation of a service with other events"),
        pytest.param("ConsoleLogin", "", id="a sign-in"),
        pytest.param("GetSigninToken", "", id="a call of the console"),
        pytest.param("UserCreated", "", id="a name like no other"),
        pytest.param("CreateUsr", "CreateUser", id="a typing error"),
        pytest.param("Createuser", "CreateUser", id="another case"),
        pytest.param("DeleteGroupPolcy", "DeleteGroupPolicy", id="a letter is missing"),
    ],
)
def test_the_meant_name(name: str, meant: str) -> None:
    assert BotocoreEventNames().meant_event_name(name) == meant


def _public_events() -> set[tuple[str, str]]:
    records = (
        json.loads(line)
        for file in sorted(CORPORA.glob("*.jsonl.gz"))
        for line in gzip.decompress(file.read_bytes()).splitlines()
    )
    pairs = {(record.get("eventSource"), record.get("eventName")) for record in records}
    return {(str(source), str(event)) for source, event in pairs if source and event}


@pytest.mark.skipif(not CORPORA.exists(), reason="the public records are not part of the project")
def test_events_of_public_records_are_known() -> None:
    models = BotocoreEventNames()
    unknown = {
        (source, event)
        for source, event in _public_events()
        if (names := models.event_names(source)) is not None and event not in names
    }
    # Only the S3 console makes this call, and no page documents it.
    assert unknown == {("s3.amazonaws.com", "GetStorageLensDashboardDataInternal")}


@pytest.mark.skipif(not CORPORA.exists(), reason="the public records are not part of the project")
def test_no_event_of_public_records_is_a_typing_error() -> None:
    models = BotocoreEventNames()
    assert [name for _, name in sorted(_public_events()) if models.meant_event_name(name)] == []

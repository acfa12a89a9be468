"""The members of a hit."""

from dataclasses import fields

import pytest

from trailbell.replay.collecting.read_hit import read_hit
from trailbell.replay.hit import Hit

_TIME = "2026-01-01T00:15:42Z"
_EMPTY = Hit("d", 1767226542, "", "", "", "", "", "", "", "", "", "", "", is_read=False)


def _hit(record: dict[str, object]) -> Hit | None:
    members = read_hit("d", record)
    return None if members is None else Hit(*members)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({}, id="no time"),
        pytest.param({"eventTime": None}, id="a time that is null"),
        pytest.param({"eventTime": "yesterday"}, id="a text that is no time"),
    ],
)
def test_a_record_without_a_time_is_no_hit(record: dict[str, object]) -> None:
    assert _hit(record) is None


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({}, id="no members"),
        pytest.param({"userIdentity": None, "readOnly": None}, id="null"),
        pytest.param(
            {"eventID": 1, "awsRegion": ["a"], "userIdentity": "***", "readOnly": "no"},
            id="members of other types",
        ),
        pytest.param(
            {"userIdentity": {"arn": {}, "sessionContext": {"sessionIssuer": "x"}}},
            id="members of other types in the identity",
        ),
    ],
)
def test_members_that_are_missing_or_of_another_type_are_empty(record: dict[str, object]) -> None:
    assert _hit({"eventTime": _TIME, **record}) == _EMPTY


def test_all_members() -> None:
    record: dict[str, object] = {
        "eventTime": _TIME,
        "eventID": "id",
        "eventSource": "iam.amazonaws.com",
        "eventName": "GetUser",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.1",
        "recipientAccountId": "111122223333",
        "readOnly": True,
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:alice",
            "arn": "arn:aws:sts::123456789012:assumed-role/Admin/alice",
            "accountId": "123456789012",
            "invokedBy": "cloudformation.amazonaws.com",
            "sessionContext": {
                "sessionIssuer": {
                    "arn": "arn:aws:iam::123456789012:role/Admin",
                    "userName": "Admin",
                }
            },
        },
    }
    assert _hit(record) == Hit(
        detection="d",
        time=1767226542,
        event_id="id",
        event_source="iam.amazonaws.com",
        event_name="GetUser",
        account="111122223333",
        region="us-east-1",
        address="192.0.2.1",
        principal_arn="arn:aws:sts::123456789012:assumed-role/Admin/alice",
        role_arn="arn:aws:iam::123456789012:role/Admin",
        role_name="Admin",
        service="cloudformation.amazonaws.com",
        caller="AROAEXAMPLE:alice",
        is_read=True,
    )


def test_the_account_of_the_caller_if_there_is_no_other() -> None:
    hit = _hit({"eventTime": _TIME, "userIdentity": {"accountId": "123456789012"}})
    assert hit is not None
    assert hit.account == "123456789012"


def test_members_are_those_of_a_hit_in_its_order() -> None:
    assert len(read_hit("d", {"eventTime": _TIME}) or ()) == len(fields(Hit))

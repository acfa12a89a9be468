"""The queries for hits, and what their rows mean."""

from collections.abc import Mapping, Sequence

import pytest

from trailbell.catalog.detection import Timing
from trailbell.cloudtrail.read_error import ReadError
from trailbell.pattern import parse
from trailbell.replay.collecting.athena_hits import build_queries, read_rows
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected, Hit

ROW = {
    "eventtime": "2026-11-01T12:00:00Z",
    "eventid": "e-1",
    "eventsource": "iam.amazonaws.com",
    "eventname": "CreateUser",
    "recipientaccountid": None,
    "awsregion": "us-east-1",
    "sourceipaddress": "192.0.2.1",
    "readonly": "false",
    "useridentity_arn": "arn:aws:sts::111122223333:assumed-role/Admin/eve",
    "useridentity_accountid": "111122223333",
    "useridentity_username": None,
    "useridentity_principalid": "AROAEXAMPLE:eve",
    "useridentity_type": "AssumedRole",
    "useridentity_invokedby": None,
    "useridentity_sessioncontext_sessionissuer_arn": "arn:aws:iam::111122223333:role/Admin",
    "useridentity_sessioncontext_sessionissuer_username": "Admin",
    "detections": "a",
}
HIT = Hit(
    detection="a",
    time=1_793_534_400,
    event_id="e-1",
    event_source="iam.amazonaws.com",
    event_name="CreateUser",
    account="111122223333",
    region="us-east-1",
    address="192.0.2.1",
    principal_arn="arn:aws:sts::111122223333:assumed-role/Admin/eve",
    role_arn="arn:aws:iam::111122223333:role/Admin",
    role_name="Admin",
    service="",
    caller="AROAEXAMPLE:eve",
    is_read=False,
)


def _with(hit: Hit, **changes: str) -> Hit:
    members = {name: getattr(hit, name) for name in Hit.__slots__}
    return Hit(**{**members, **changes})


def _detection(id_: str) -> ReplayDetection:
    return ReplayDetection(
        id=id_,
        title="t",
        severity="low",
        filter_pattern=parse(f'{{ $.eventName = "{id_}" }}'),
        timing=Timing(),
    )


@pytest.mark.parametrize(
    ("rows", "hits", "duplicates", "unreadable"),
    [
        pytest.param([], (), 0, (), id="no row"),
        pytest.param(
            [ROW | {"eventtime": "yesterday"}],
            (),
            0,
            (ReadError("row 1 of Athena", "a fires, but eventTime is no time"),),
            id="a row without a time",
        ),
        pytest.param([ROW], (HIT,), 0, (), id="all members"),
        pytest.param([ROW, ROW], (HIT,), 1, (), id="an event that was delivered twice"),
        pytest.param(
            [ROW | {"detections": "a b"}],
            (HIT, _with(HIT, detection="b")),
            0,
            (),
            id="an event of two detections",
        ),
    ],
)
def test_rows(
    rows: Sequence[Mapping[str, str | None]],
    hits: tuple[Hit, ...],
    duplicates: int,
    unreadable: tuple[ReadError, ...],
) -> None:
    assert read_rows(rows) == Collected(
        hits=hits,
        duplicates=duplicates,
        arrivals={},
        uncertain={},
        first=HIT.time if hits else None,
        last=HIT.time if hits else None,
        unreadable=unreadable,
        left_out_kinds={},
    )


def test_queries_that_would_be_too_long_are_split() -> None:
    detections = [_detection(name) for name in ("A", "B", "C")]
    whole = build_queries(detections, 0, 86_400).queries
    assert len(whole) == 1
    parts = build_queries(detections, 0, 86_400, max_bytes=len(whole[0]) - 1).queries
    assert [[name for name in "ABC" if f"eventname = '{name}'" in part] for part in parts] == [
        ["A"],
        ["B", "C"],
    ]


def test_a_query_that_is_too_long_for_one_detection_is_not_split() -> None:
    assert len(build_queries([_detection("A")], 0, 86_400, max_bytes=1).queries) == 1

"""A replay with Athena: its plan, and the same hits as a scan of files."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.detections.corpora import CORPORA, detections, sources
from tests.pattern.strategies import Event
from tests.replay.athena_account import FILE_BYTES, AthenaAccount
from trailbell.aws.waiter import Poller
from trailbell.catalog.detection import Timing
from trailbell.errors import AwsError, PreconditionError
from trailbell.pattern import FilterPattern, parse
from trailbell.replay.collecting.athena_scan import AthenaRequest, build_plan, plan_lines, run_plan
from trailbell.replay.collecting.collect import collect
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Hit

AT_ONCE = Poller(shortest=0, longest=0)
REQUEST = AthenaRequest(
    workgroup="hunt", database="trailbell", since=1_793_491_200, until=1_793_577_600
)  # 2026-11-01 00:00 to 2026-11-02 00:00
ALWAYS = replace(REQUEST, since=0, until=4_000_000_000)


def _detection(id_: str, pattern: str | FilterPattern) -> ReplayDetection:
    return ReplayDetection(
        id=id_,
        title="Something happened",
        severity="high",
        filter_pattern=parse(pattern) if isinstance(pattern, str) else pattern,
        timing=Timing(),
    )


CATALOG = [_detection(it.id, it.filter_pattern) for it in detections()]
LOGINS = _detection("logins", '{ $.eventName = "ConsoleLogin" }')


@pytest.mark.parametrize(
    ("account", "message"),
    [
        pytest.param(
            AthenaAccount(missing=("hunt",)),
            "--athena hunt: WorkGroup hunt is not found.\n  Deploy the stack hunt, or name a "
            "workgroup of this account and Region.",
            id="no such workgroup",
        ),
        pytest.param(
            AthenaAccount(state="DISABLED"),
            "--athena hunt: The workgroup is disabled.\n  Enable it, or name another one.",
            id="a workgroup that is disabled",
        ),
        pytest.param(
            AthenaAccount(result_location=""),
            "--athena hunt: The workgroup has no location for results.\n  Set one, or name the "
            "workgroup of the stack hunt.",
            id="a workgroup without a place for results",
        ),
        pytest.param(
            AthenaAccount(missing=("trailbell",)),
            "--database trailbell: Database trailbell not found.\n  Name the database that has "
            "the table cloudtrail_logs.",
            id="no such database",
        ),
        pytest.param(
            AthenaAccount(max_bytes=10_000_000_000),
            "--athena hunt: A query would read 40.0 GB, and the workgroup allows 10.0 GB.\n  Use a "
            "later --since, an earlier --until, or --account; or raise MaxScannedGigabytes of the "
            "stack hunt.",
            id="more than the workgroup allows",
        ),
    ],
)
def test_what_cannot_run_is_found_before_a_query_starts(
    account: AthenaAccount, message: str
) -> None:
    with pytest.raises(PreconditionError) as caught:
        build_plan(account.session(), [LOGINS], REQUEST)
    assert str(caught.value) == message
    assert account.queries == []


def test_a_denied_workgroup_is_an_error_of_aws() -> None:
    with pytest.raises(AwsError) as caught:
        build_plan(AthenaAccount(denied=("GetWorkGroup",)).session(), [LOGINS], REQUEST)
    assert caught.value.reason == "no permission for GetWorkGroup"


@pytest.mark.parametrize(
    ("account", "line"),
    [
        pytest.param(
            AthenaAccount(denied=("GetTable",)),
            "How much Athena will read is unknown: no permission for GetTable",
            id="a table that may not be read",
        ),
        pytest.param(
            AthenaAccount(denied=("ListObjectsV2",)),
            "How much Athena will read is unknown: no permission for ListObjectsV2",
            id="a bucket that may not be listed",
        ),
        pytest.param(
            AthenaAccount(template="s3://logs/AWSLogs/"),
            "How much Athena will read is unknown: the table cloudtrail_logs has other partitions "
            "than that of hunt",
            id="a table of someone else",
        ),
    ],
)
def test_the_plan_says_what_is_read(account: AthenaAccount, line: str) -> None:
    plan = build_plan(account.session(), [LOGINS], REQUEST)
    assert plan_lines(plan) == [
        "1 query in the workgroup hunt: log files from 2026-11-01 to 2026-11-03",
        line,
        "Athena cancels a query that would read more than 100.0 GB.",
    ]
    assert account.queries == []


def test_the_plan_says_what_it_costs() -> None:
    plan = build_plan(AthenaAccount().session(), [LOGINS], REQUEST)
    assert plan.estimate is not None
    many = replace(plan, estimate=replace(plan.estimate, files=2_000_000, is_complete=False))
    # 40 GB x 5 / TB; 2,000,000 x 0.0004 / 1,000; 2,000,000 x 0.03 / 10,000
    assert plan_lines(many)[1:3] == [
        (
            "Athena will read at least 40.0 GB for at least 0.20 USD (5.00 USD per TB, list price "
            "of us-east-1)."
        ),
        (
            "S3 bills at least 2,000,000 requests for log files, 0.80 USD, and KMS 6.00 USD if a "
            "key encrypts them."
        ),
    ]


@pytest.mark.parametrize(
    ("account", "request_", "not_read"),
    [
        pytest.param(AthenaAccount(first_day="2026/11/01"), REQUEST, [], id="the first day"),
        pytest.param(AthenaAccount(first_day="NOW-1YEARS"), REQUEST, [], id="an unknown first day"),
        pytest.param(
            AthenaAccount(), replace(REQUEST, accounts=("111122223333",)), [], id="an account"
        ),
        pytest.param(
            AthenaAccount(first_day="2026/11/03", denied=("ListObjectsV2",)),
            REQUEST,
            [
                (
                    "log files from 2026-11-01 to 2026-11-02: the table cloudtrail_logs begins "
                    "later; FirstDay of the stack hunt decides it"
                )
            ],
            id="a later first day, in a bucket that may not be listed",
        ),
        pytest.param(
            AthenaAccount(),
            replace(REQUEST, accounts=("111122223333", "999999999999")),
            [
                (
                    "account 999999999999: the table cloudtrail_logs does not have it; set "
                    "AccountIds of the stack hunt"
                )
            ],
            id="an account that the table does not have",
        ),
    ],
)
def test_what_the_table_does_not_have_is_not_quiet(
    account: AthenaAccount, request_: AthenaRequest, not_read: list[str]
) -> None:
    session = account.session()
    plan = build_plan(session, [LOGINS], request_)
    lines = [line for line in plan_lines(plan) if line.startswith("not read: ")]
    assert lines == [f"not read: {missing}" for missing in not_read]
    assert [*map(str, run_plan(session, plan, AT_ONCE).unreadable)] == not_read


def test_a_table_without_log_files_of_the_accounts() -> None:
    other = replace(REQUEST, accounts=("999999999999",))
    plan = build_plan(AthenaAccount().session(), [LOGINS], other)
    assert plan_lines(plan)[1] == "The table has no log file of these days and accounts."


def test_an_account_has_less_to_read() -> None:
    one = replace(REQUEST, accounts=("111122223333",))
    plan = build_plan(AthenaAccount().session(), [LOGINS], one)
    assert plan.scanned_bytes == FILE_BYTES


def test_what_athena_evaluates_differently_is_named() -> None:
    plan = build_plan(
        AthenaAccount().session(),
        [
            _detection("text", "ERROR"),
            _detection("no-error", "{ $.errorCode NOT EXISTS }"),
        ],
        REQUEST,
    )
    reason = 'cannot translate "ERROR" to Athena: the table does not contain the text of an event'
    assert plan_lines(plan)[4:] == [
        f"not evaluated: text: {reason}",
        "no-error may also match events in which the member is null: $.errorCode NOT EXISTS",
    ]


def test_nothing_runs_without_a_detection_that_athena_evaluates() -> None:
    account = AthenaAccount()
    plan = build_plan(account.session(), [_detection("text", "ERROR")], REQUEST)
    assert run_plan(account.session(), plan, AT_ONCE).hits == ()
    assert account.queries == []


# ------------------------------------------------------------------------------ hits


def _local(records: Sequence[Any], folder: Path) -> tuple[Hit, ...]:
    file = folder / "records.jsonl"
    file.write_text("\n".join(map(json.dumps, records)), "utf-8")
    return collect(CATALOG, [str(file)]).hits


def _in_athena(records: Sequence[Any], page_size: int = 1_000) -> tuple[Hit, ...]:
    account = AthenaAccount(records, page_size=page_size)
    session = account.session()
    return run_plan(session, build_plan(session, CATALOG, ALWAYS), AT_ONCE).hits


def _in_order(hits: Sequence[Hit]) -> list[Hit]:
    """Hits of the same second have no order of their own."""
    return sorted(hits, key=lambda hit: (hit.time, hit.event_id, hit.detection, hit.event_name))


def test_sample_events_have_the_hits_of_a_local_scan(tmp_path: Path) -> None:
    events = [it.fires[0].event for it in detections()]
    records = [{**event, "eventID": f"e-{number}"} for number, event in enumerate(events)]
    local = _local(records, tmp_path)
    assert {hit.detection for hit in local} == {detection.id for detection in CATALOG}
    assert _in_order(_in_athena(records, page_size=50)) == _in_order(local)


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the public records are not next to this project")
def test_public_records_have_the_hits_of_a_local_scan(tmp_path: Path) -> None:
    for records in sources().values():
        assert _in_order(_in_athena(records)) == _in_order(_local(records, tmp_path))


def test_events_of_other_times_are_no_hits() -> None:
    base = {"eventName": "ConsoleLogin", "recipientAccountId": "111122223333"}
    times = (
        "2026-10-31T23:59:59Z",
        "2026-11-01T00:00:00Z",
        "2026-11-01T23:59:59Z",
        "2026-11-02T00:00:00Z",
    )
    records: list[Event] = [{**base, "eventID": time, "eventTime": time} for time in times]
    account = AthenaAccount(records)
    session = account.session()
    collected = run_plan(session, build_plan(session, [LOGINS], REQUEST), AT_ONCE)
    assert [hit.event_id for hit in collected.hits] == list(times[1:3])
    assert (collected.first, collected.last) == (1_793_491_200, 1_793_577_599)

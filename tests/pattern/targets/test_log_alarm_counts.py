"""
The query of a log alarm counts what DuckDB counts, by identity.

In:    the sample events of all detections, the records of public data sets, generated records.
Out:   the same counts from `insights_engine` in each of its readings and from DuckDB.
Never: an approximation: a query that differs in one reading is wrong, or must be refused.
"""

import json
from collections import Counter
from collections.abc import Sequence

import duckdb as engine
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import PROJECT
from tests.pattern.strategies import Event
from tests.pattern.targets.insights_engine import LOG_STREAM, READINGS, Reading, count_by
from tests.pattern.targets.records import records, trees
from trailbell.catalog.detection import Detection
from trailbell.catalog.log_alarm import IDENTITY, log_alarm, reason_without_log_alarm
from trailbell.catalog.placeholders import PLACEHOLDERS, fill_placeholders
from trailbell.command.project import load_project
from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import JsonPattern
from trailbell.pattern.targets import duckdb, insights

pytestmark = pytest.mark.slow

_CONNECTION = engine.connect()
_CATALOG = load_project().written
_SAMPLES: list[Event] = [
    example.event for detection in _CATALOG for example in (*detection.fires, *detection.silent)
]
_WITH_LOG_ALARM = [d for d in _CATALOG if not reason_without_log_alarm(d)]
_FIELDS = f"coalesce({', '.join(IDENTITY)}) as who"
_each_reading = pytest.mark.parametrize(
    "reading", [pytest.param(reading, id=str(number)) for number, reading in enumerate(READINGS)]
)


def _counted_by_duckdb(tree: JsonPattern, drawn: Sequence[Event]) -> Counter[str]:
    *paths, _ = (f"record ->> '$.{name}'" for name in IDENTITY)
    who = f"coalesce({', '.join(paths)}, '{LOG_STREAM}')"
    rows = _CONNECTION.execute(
        f"SELECT {who}, count(*) FROM (SELECT unnest(?::JSON[]) AS record) "
        f"WHERE {duckdb.condition(tree)} GROUP BY ALL",
        [[json.dumps(event) for event in drawn]],
    ).fetchall()
    return Counter(dict(rows))


def test_the_detections_that_can_have_a_log_alarm() -> None:
    """A new detection may change the number: it says how much the form is of use."""
    without = [d.id for d in _CATALOG if reason_without_log_alarm(d) and not d.verbatim]
    assert without == [
        "access-key-write-without-session",
        "log-group-tampering",
        "alarm-tampering",
        "backup-destroyed",
        "cluster-access-granted",
        "public-access-block-loosened",
        "federation-token-made",
        "data-exported",
        "database-guard-lowered",
        "threat-detection-narrowed",
        "function-code-changed",
        "threat-findings-hidden",
        "mail-sending-prepared",
        "instance-back-door",
        "job-code-changed",
        "network-boundary-opened",
        "security-group-opened-to-the-world",
        "access-delegated",
        "administrator-policy-written",
        "function-made-public",
        "bucket-opened-by-acl",
        "public-access-switch-disabled",
        "data-ransom-prepared",
        "data-encrypted-with-foreign-key",
        "recording-narrowed",
        "bucket-opened-by-policy",
        "resource-opened-by-policy",
        "resource-shared-by-policy",
        "role-trusts-everyone",
        "role-trusted-from-outside",
        "run-scheduled",
        "snapshot-shared",
        "image-shared",
        "secrets-read-in-batch",
    ]


def test_the_page_on_log_alarms_has_the_numbers() -> None:
    verbatim = sum(detection.verbatim for detection in _CATALOG)
    page = (PROJECT / "docs" / "how-to" / "log-alarms.md").read_text("utf-8")
    assert (
        f"{len(_WITH_LOG_ALARM)} of the {len(_CATALOG)} detections. Compliance scanners look for "
        f"the metric filters of {verbatim}, which keep them. Logs Insights cannot express the "
        f"patterns of {len(_CATALOG) - verbatim - len(_WITH_LOG_ALARM)} exactly."
    ) in " ".join(page.split())


@pytest.mark.parametrize("detection", _WITH_LOG_ALARM, ids=lambda detection: detection.id)
def test_the_counts_of_all_sample_events(detection: Detection) -> None:
    query = fill_placeholders(log_alarm(detection).query, PLACEHOLDERS)
    tree = detection.filter_pattern.tree
    assert isinstance(tree, JsonPattern)
    expected = _counted_by_duckdb(tree, _SAMPLES)
    assert expected.total() >= len(detection.fires)
    assert [count_by(query, "who", _SAMPLES, reading) for reading in READINGS] == [
        expected for _ in READINGS
    ]


@_each_reading
@given(drawn=st.lists(records(), min_size=1, max_size=6), tree=trees())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_the_counts_of_generated_records(
    reading: Reading, tree: JsonPattern, drawn: list[Event]
) -> None:
    try:
        query = insights.select(tree, _FIELDS)
        expected = _counted_by_duckdb(tree, drawn)
    except UnsupportedError:
        return
    assert count_by(query, "who", drawn, reading) == expected


def test_every_sample_event_has_an_identity_that_is_not_empty() -> None:
    counted = count_by(
        f"fields {_FIELDS}\n| filter ispresent(@message)", "who", _SAMPLES, READINGS[0]
    )
    assert (counted.total(), counted[""], counted["None"]) == (len(_SAMPLES), 0, 0)


@pytest.mark.parametrize(
    ("identity", "who"),
    [
        pytest.param({}, LOG_STREAM, id="an event without an identity has its log stream"),
        pytest.param(
            {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"},
            "ec2.amazonaws.com",
            id="a service",
        ),
        pytest.param(
            {"type": "IAMUser", "accountId": "111122223333", "userName": "alice"},
            "alice",
            id="a failed sign-in of a user",
        ),
        pytest.param(
            {"type": "AWSAccount", "principalId": "AIDAEXAMPLE", "accountId": "123456789012"},
            "AIDAEXAMPLE",
            id="a principal of another account",
        ),
        pytest.param(
            {"type": "Root", "arn": "arn:aws:iam::111122223333:root", "userName": "alias"},
            "arn:aws:iam::111122223333:root",
            id="the root user",
        ),
    ],
)
def test_who(identity: Event, who: str) -> None:
    query = f"fields {_FIELDS}\n| filter ispresent(@message)"
    counted = [count_by(query, "who", [{"userIdentity": identity}], each) for each in READINGS]
    assert counted == [Counter({who: 1}) for _ in READINGS]


def test_only_the_first_200_fields_are_discovered() -> None:
    late = {f"f{number}": "x" for number in range(200)} | {"late": "x"}
    query = f"fields {_FIELDS}\n| filter ispresent(late)"
    assert count_by(query, "who", [late, {"late": "x"}], READINGS[0]) == Counter({LOG_STREAM: 1})

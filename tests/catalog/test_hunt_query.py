"""The queries of a hunt: what they read, and what becomes of placeholders."""

from datetime import date

import pytest

from trailbell.catalog.detection import Detection
from trailbell.catalog.hunt_query import (
    MAX_QUERY_BYTES,
    hits_query,
    saved_condition,
    saved_query,
    saved_query_for_all,
)
from trailbell.compiler.discovery import discover
from trailbell.pattern import parse

DETECTIONS = {it.id: it for it in discover("detections", Detection).objects}
A_DETECTION = DETECTIONS["region-enabled"]


def _with(pattern: str) -> Detection:
    return A_DETECTION.with_changes(pattern=pattern)


@pytest.mark.parametrize(
    ("pattern", "condition"),
    [
        pytest.param('{ $.eventName = "${aws:x}" }', "eventname = '${aws:x}'", id="no placeholder"),
        pytest.param(
            '{ $.userIdentity.arn != "*:${OwnAccountId}:*" }',
            r"useridentity.arn NOT LIKE '%:' || account || ':%' ESCAPE '\'",
            id="the own account is that of the event",
        ),
        pytest.param(
            '{ $.userIdentity.arn = "*/${AlarmPrefix}-*" }',
            r"useridentity.arn LIKE '%/${AlarmPrefix}-%' ESCAPE '\'",
            id="the installation is that of the stack",
        ),
        pytest.param(
            '{ $.requestParameters.bucketName = "${LogBucketName}" }',
            "json_extract_scalar(requestparameters, '$.bucketName') = '${LogBucketName}'",
            id="the log bucket is that of the stack",
        ),
        pytest.param(
            '{ $.requestParameters.topicArn = "${HighTopicArn}" }',
            "json_extract_scalar(requestparameters, '$.topicArn') IS NOT NULL",
            id="any topic",
        ),
        pytest.param(
            "{ ($.eventName = A) && ($.userIdentity.inScopeOf.sourceArn = x) }",
            "eventname = 'A'",
            id="without what the table does not have",
        ),
        pytest.param(
            "{ ($.eventName = A) || ($.userIdentity.inScopeOf.sourceArn = x) }",
            "true",
            id="nothing of alternatives that it does not have",
        ),
        pytest.param("ERROR", "true", id="nothing of text"),
    ],
)
def test_condition(pattern: str, condition: str) -> None:
    assert saved_condition(_with(pattern)) == condition


def test_a_saved_query_reads_a_week_newest_first() -> None:
    assert saved_query(_with('{ $.eventName = "StopLogging" }')) == (
        "SELECT eventtime, eventname, eventsource, account, region, sourceipaddress, "
        "useridentity.arn, errorcode, requestparameters, eventid\n"
        "FROM cloudtrail_logs\n"
        "WHERE \"timestamp\" >= date_format(current_date - interval '7' day, '%Y/%m/%d')\n"
        "AND eventname = 'StopLogging'\n"
        "ORDER BY eventtime DESC"
    )


def test_hits_of_a_time_and_of_accounts_are_read_in_one_scan() -> None:
    patterns = {"a": parse('{ $.eventName = "A" }').tree, "b": parse('{ $.eventName = "B" }').tree}
    query = hits_query(
        patterns,
        ["eventid"],
        days=(date(2026, 10, 31), date(2026, 11, 27)),
        times=("2026-10-31T00:00:00Z", "2026-11-27T00:00:00Z"),
        accounts=("111122223333", "123456789012"),
        table="logs",
    )
    assert query == (
        "SELECT * FROM (\n"
        "  SELECT eventid,\n"
        "  array_join(filter(ARRAY[\n"
        "    IF(any_match(ARRAY[true], x -> eventname = 'A'), 'a'),\n"
        "    IF(any_match(ARRAY[true], x -> eventname = 'B'), 'b')\n"
        "  ], d -> d IS NOT NULL), ' ') AS detections\n"
        "  FROM logs\n"
        "  WHERE account IN ('111122223333', '123456789012')\n"
        "  AND \"timestamp\" BETWEEN '2026/10/31' AND '2026/11/27'\n"
        "  AND eventtime >= '2026-10-31T00:00:00Z' AND eventtime < '2026-11-27T00:00:00Z'\n"
        ")\n"
        "WHERE detections <> ''"
    )


def test_an_account_cannot_be_more_than_text() -> None:
    query = hits_query(
        {},
        ["eventid"],
        days=(date(2026, 11, 26), date(2026, 11, 27)),
        times=("2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z"),
        accounts=("1') OR ('1' = '1",),
    )
    assert "WHERE account IN ('1'') OR (''1'' = ''1')\n" in query


def test_the_query_for_the_whole_catalog_is_short_enough() -> None:
    query = saved_query_for_all(DETECTIONS.values())
    assert len(query.encode()) < MAX_QUERY_BYTES / 2
    assert query.count("FROM cloudtrail_logs") == 1

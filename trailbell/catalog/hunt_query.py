"""
Queries of Athena for what detections match, in the table of the stack ``hunt``.

In:    detections, or their patterns; the days to scan.
Out:   SQL: the events of one detection, or of many with the detections that match each.
Never: a second scan for another detection. Athena bills the bytes that a query reads, so the query
       for many detections reads each log file once.

The table is the one that AWS documents, with partitions for accounts, Regions and days:
https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from trailbell.catalog.detection import Detection
from trailbell.catalog.event_calls import ANY
from trailbell.catalog.placeholders import (
    PLACEHOLDERS,
    fill_placeholders,
    hide_placeholders,
    restore_placeholders,
)
from trailbell.catalog.supported_part import supported_part
from trailbell.errors import UnsupportedError
from trailbell.pattern import parse
from trailbell.pattern.ast import Pattern
from trailbell.pattern.targets import athena
from trailbell.pattern.targets._athena_table import COLUMNS as COLUMNS
from trailbell.pattern.targets._athena_table import TABLE as TABLE
from trailbell.pattern.targets._sql import quoted

PARTITIONS = ("account", "region", "timestamp")
"""The partition columns, all text. ``timestamp`` is a day, ``2026/11/27``, as AWS calls it."""

DAY_FORMAT = "%Y/%m/%d"

SAVED_DAYS = 7
"""How many days before today a saved query reads, until someone edits it."""

MAX_QUERY_BYTES = 262_144
"""The longest query.

https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
"""

ANYTHING = "true"
"""The condition of a detection of which the table knows nothing."""

_SHOWN = (
    "eventtime, eventname, eventsource, account, region, sourceipaddress, useridentity.arn, "
    "errorcode, requestparameters, eventid"
)
_LAST_DAYS = (
    f"\"timestamp\" >= date_format(current_date - interval '{SAVED_DAYS}' day, '{DAY_FORMAT}')"
)

# Names of resources that only their own account knows, so any name matches.
_UNKNOWN_NAMES = frozenset(PLACEHOLDERS) - {"AlarmPrefix", "LogBucketName", "OwnAccountId"}


def saved_condition(detection: Detection) -> str:
    """
    The condition of a saved query, for events of any account: ``true`` if it can say nothing.

    It leaves out what the table cannot answer, so it can select more events, but never fewer.
    ``OwnAccountId`` is the account of the event. ``${AlarmPrefix}`` and ``${LogBucketName}`` stay
    placeholders; in place of the names of other resources, any name matches.
    """
    values = {name: f"${{{name}}}" for name in PLACEHOLDERS} | dict.fromkeys(_UNKNOWN_NAMES, ANY)
    text = fill_placeholders(detection.pattern_text, values)
    tree = supported_part(parse(hide_placeholders(text), max_length=None).tree, athena.condition)
    try:
        condition = athena.condition(tree)
    except UnsupportedError:  # a pattern for the text of an event
        return ANYTHING
    return restore_placeholders(condition).replace("${OwnAccountId}", "' || account || '")


def saved_query(detection: Detection) -> str:
    """The query for the events of a detection, newest first, see `saved_condition`."""
    return (
        f"SELECT {_SHOWN}\nFROM {TABLE}\nWHERE {_LAST_DAYS}\n"
        f"AND {saved_condition(detection)}\nORDER BY eventtime DESC"
    )


def saved_query_for_all(detections: Iterable[Detection]) -> str:
    """The query for the events of several detections in one scan, newest first."""
    conditions = {detection.id: saved_condition(detection) for detection in detections}
    return _scan(_SHOWN, conditions, _LAST_DAYS) + "\nORDER BY eventtime DESC"


def hits_query(
    patterns: Mapping[str, Pattern],
    columns: Sequence[str],
    *,
    days: tuple[date, date],
    times: tuple[str, str],
    accounts: Sequence[str] = (),
    table: str = TABLE,
) -> str:
    """
    The query for the events that match patterns, in one scan and without an order.

    ``patterns`` are by detection. ``days`` are the first and the last day of log files, ``times``
    the ``eventTime`` of the first event and of the first one that is too late. The last column,
    ``detections``, has the detections that match, separated by spaces. Raises `UnsupportedError`.
    """
    first, last = (day.strftime(DAY_FORMAT) for day in days)
    restrictions = [
        f"\"timestamp\" BETWEEN '{first}' AND '{last}'",
        f"eventtime >= '{times[0]}' AND eventtime < '{times[1]}'",
    ]
    if accounts:
        listed = ", ".join(map(quoted, accounts))
        restrictions.insert(0, f"account IN ({listed})")
    conditions = {name: athena.condition(tree) for name, tree in patterns.items()}
    return _scan(", ".join(columns), conditions, "\n  AND ".join(restrictions), table=table)


def _scan(
    columns: str, conditions: Mapping[str, str], restriction: str, *, table: str = TABLE
) -> str:
    """
    One scan, with the names of the conditions that are true for each row.

    Each condition is in a lambda, which Trino compiles to a method of its own. In one method, all
    conditions would exceed the limit of the JVM: https://github.com/trinodb/trino/issues/24535
    """
    tests = ",\n".join(
        f"    IF(any_match(ARRAY[true], x -> {condition}), '{name}')"
        for name, condition in conditions.items()
    )
    return "\n".join(
        (
            "SELECT * FROM (",
            f"  SELECT {columns},",
            f"  array_join(filter(ARRAY[\n{tests}",
            "  ], d -> d IS NOT NULL), ' ') AS detections",
            f"  FROM {table}\n  WHERE {restriction}\n)",
            "WHERE detections <> ''",
        )
    )

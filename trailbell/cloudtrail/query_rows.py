"""
Rows of a query's results as records.

In:    a row as Logs Insights or CloudTrail Lake answers it: names of columns and texts.
Out:   the record that a column holds whole, or the record that the columns make up; and what of
       it cannot be told.
Never: a member out of text that is no JSON. CloudTrail Lake prints objects as ``{type=Root}``,
       in which a comma of a value cannot be told from one between two members.

Answers: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html
         https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetQueryResults.html
Columns: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-supported-event-schemas.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from trailbell.cloudtrail.chunk import Chunk, alone
from trailbell.cloudtrail.decode import decode
from trailbell.cloudtrail.recovery import NO_RECORD, RecordError
from trailbell.pattern.record_schema import FIELD_SCHEMAS, FieldType

_NAMES = {name.lower(): name for name in FIELD_SCHEMAS}
"""Columns of CloudTrail Lake are in lower case unless a query spells them otherwise."""


def record_of_row(row: object) -> Iterator[Chunk | RecordError]:
    """One row. A column that is an object and no JSON is told and left out."""
    columns = _columns(row)
    whole = [value for value in columns.values() if _is_record(value)]
    if whole:
        yield alone(whole[0].encode(errors="surrogatepass"))
        return
    record: dict[str, Any] = {}
    lacking: list[str] = []
    for column, text in columns.items():
        name = _NAMES.get(column.lower(), column)
        if not text or text == "null" or name.startswith("@"):
            continue
        value = _value(name, text)
        if value is None:
            lacking.append(column)
        else:
            _put(record, name.split("."), value)
    if "eventName" not in record and "eventSource" not in record:
        yield RecordError(NO_RECORD)
        return
    yield alone(json.dumps(record).encode())
    if lacking:
        yield RecordError(
            f"read, but without {', '.join(lacking)}, which is no JSON", is_remark=True
        )


def _columns(row: object) -> dict[str, str]:
    """Cells are ``{"field": ..., "value": ...}``, or ``{column: value}`` each."""
    found: dict[str, str] = {}
    for cell in row if isinstance(row, list) else [row]:
        match cell:
            case {"field": str(name), "value": str(value)}:
                found[name] = value
            case dict():
                found |= {name: value for name, value in cell.items() if isinstance(value, str)}
            case _:
                pass
    return found


def _is_record(text: str) -> bool:
    value = _json(text)
    return isinstance(value, dict) and ("eventName" in value or "eventVersion" in value)


def _value(name: str, text: str) -> object:
    """`None` for what should be an object or a list and cannot be read."""
    shape = FIELD_SCHEMAS.get(name)
    kind = shape.type if shape else None
    if kind is FieldType.BOOLEAN:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind in (FieldType.OBJECT, FieldType.ARRAY) or (kind is None and text[0] in "{["):
        value = _json(text)
        return value if isinstance(value, dict | list) else None
    return text


def _json(text: str) -> object:
    if not text.startswith(("{", "[")):
        return None
    try:
        return decode(text.encode(errors="surrogatepass")).value
    except (msgspec.DecodeError, RecursionError):
        return None


def _put(record: dict[str, Any], path: list[str], value: object) -> None:
    *outer, last = path
    for name in outer:
        inner = record.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        record = inner
    if isinstance(old := record.get(last), Mapping) and isinstance(value, Mapping):
        value = {**old, **value}
    record[last] = value

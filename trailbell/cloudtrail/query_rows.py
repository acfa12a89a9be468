"""
Rows of a query's results as records.

In:    a row as Logs Insights or CloudTrail Lake returns it: names of columns and texts.
Out:   the record that one column contains, or the record that the columns form together; and the
       columns that cannot be read.
Never: a member from text that is not JSON. CloudTrail Lake prints objects as ``{type=Root}``, in
       which a comma in a value looks like one between two members.

Results: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html
         https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetQueryResults.html
Columns: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-supported-event-schemas.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from trailbell.cloudtrail.chunk import Chunk, single_record_chunk
from trailbell.cloudtrail.decode import decode
from trailbell.cloudtrail.recovery import NOT_A_RECORD, RecordError
from trailbell.pattern.record_schema import FIELD_SCHEMAS, FieldType

_NAMES = {name.lower(): name for name in FIELD_SCHEMAS}
"""Names of columns in CloudTrail Lake are in lower case unless the query changes that."""


def read_row(row: object) -> Iterator[Chunk | RecordError]:
    """Read one row. A column with an object that is not JSON is omitted and reported."""
    columns = _read_columns(row)
    records = [text for text in columns.values() if _is_record(text)]
    if records:
        yield single_record_chunk(records[0].encode(errors="surrogatepass"))
        return
    record: dict[str, Any] = {}
    omitted: list[str] = []
    for column, text in columns.items():
        name = _NAMES.get(column.lower(), column)
        if not text or text == "null" or name.startswith("@"):
            continue
        value = _parse_value(name, text)
        if value is None:
            omitted.append(column)
        else:
            _set_member(record, name.split("."), value)
    if "eventName" not in record and "eventSource" not in record:
        yield RecordError(NOT_A_RECORD)
        return
    yield single_record_chunk(json.dumps(record).encode())
    if omitted:
        reason = f"read, but without {', '.join(omitted)}, which is not JSON"
        yield RecordError(reason, is_about_previous=True)


def _read_columns(row: object) -> dict[str, str]:
    """The columns of a row. A cell is ``{"field": ..., "value": ...}`` or ``{column: value}``."""
    columns: dict[str, str] = {}
    for cell in row if isinstance(row, list) else [row]:
        match cell:
            case {"field": str(name), "value": str(value)}:
                columns[name] = value
            case dict():
                columns |= {name: value for name, value in cell.items() if isinstance(value, str)}
            case _:
                pass
    return columns


def _is_record(text: str) -> bool:
    value = _parse_json(text)
    return isinstance(value, dict) and ("eventName" in value or "eventVersion" in value)


def _parse_value(name: str, text: str) -> object:
    """The value of a column; `None` if it should be an object or a list and cannot be read."""
    shape = FIELD_SCHEMAS.get(name)
    kind = shape.type if shape else None
    if kind is FieldType.BOOLEAN:
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind in (FieldType.OBJECT, FieldType.ARRAY) or (kind is None and text[0] in "{["):
        value = _parse_json(text)
        return value if isinstance(value, dict | list) else None
    return text


def _parse_json(text: str) -> object:
    if not text.startswith(("{", "[")):
        return None
    try:
        return decode(text.encode(errors="surrogatepass")).value
    except (msgspec.DecodeError, RecursionError):
        return None


def _set_member(record: dict[str, Any], path: list[str], value: object) -> None:
    *outer, last = path
    for name in outer:
        inner = record.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        record = inner
    if isinstance(old := record.get(last), Mapping) and isinstance(value, Mapping):
        value = {**old, **value}
    record[last] = value

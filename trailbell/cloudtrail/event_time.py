"""
When an event happened.

In:    the ``eventTime`` of a record, as text.
Out:   seconds since 1970, UTC.
Never: a guess. Text in any other form has no time.
"""

import re
from datetime import UTC, datetime

_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?: ?UTC|Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_FRACTION = re.compile(r"\.\d+")
_FIRST = int(datetime(1900, 1, 1, tzinfo=UTC).timestamp())
_LAST = int(datetime(2999, 12, 31, tzinfo=UTC).timestamp())
"""Times of other years are those of damaged records. Days and weeks around them may not exist."""


def seconds_since_1970(text: object) -> int | None:
    """
    The time in whole seconds; `None` for anything but a time of the years 1900 to 2999.

    CloudTrail writes ``2026-11-23T12:15:42Z``. Queries of CloudTrail Lake, Athena and CloudWatch
    Logs may write a blank, a fraction or no zone, which is then UTC:
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
    """
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        return None
    try:
        time = datetime.fromisoformat(
            _FRACTION.sub("", text.replace("UTC", "Z").replace(" Z", "Z"))
        )
    except ValueError:  # such as the month 13
        return None
    seconds = int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())
    return seconds if _FIRST <= seconds < _LAST else None

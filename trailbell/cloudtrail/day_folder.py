"""
The folders of days in which CloudTrail delivers files.

In:    folders, or prefixes of keys; a time.
Out:   which of them can hold events of that time.
Never: a folder that is left out because its name is unknown.

``AWSLogs/[ORGANIZATION/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/``, in UTC:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_FOLDER = re.compile(
    r"(?:.*[/\\])?AWSLogs[/\\](?:o-[a-z0-9]{10,32}[/\\])?(?P<account>\d{12})[/\\]CloudTrail[/\\]"
    r"[a-z0-9-]+[/\\](?P<year>\d{4})(?:[/\\](?P<month>\d\d)(?:[/\\](?P<day>\d\d))?)?[/\\]?",
    re.ASCII,
)

_MARGIN = timedelta(days=1)
"""
A file has the day of its delivery, which is after the events: about 5 minutes on average, with no
guarantee. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
"""


@dataclass(frozen=True, slots=True)
class DaysToRead:
    """The days of delivery of events between two times, in seconds since 1970."""

    since: int | None = None
    until: int | None = None

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit at all."""
        return self.since is not None or self.until is not None

    def is_needed(self, folder: str) -> bool:
        """Whether a folder of a day, a month or a year may have the events, or any other folder."""
        found = _FOLDER.fullmatch(folder) if self.is_limited else None
        days = _days(found) if found else None
        if days is None:
            return True
        first, last = days
        return not (
            (self.since is not None and last < _day(self.since) - _MARGIN)
            or (self.until is not None and first > _day(self.until) + _MARGIN)
        )


def _day(seconds: int) -> date:
    """The day of a time; the nearest day that exists for one before the year 1 or after 9999."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (ValueError, OverflowError, OSError):
        return date(9998, 1, 1) if seconds > 0 else date(2, 1, 1)


def _days(found: re.Match[str]) -> tuple[date, date] | None:
    """The first and the last day of a folder; `None` if there are no such days."""
    year, month, day = (int(text) if text else None for text in found.group("year", "month", "day"))
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return first, first
        following = date(first.year + (month in (None, 12)), (month or 0) % 12 + 1, 1)
    except ValueError:
        return None
    return first, following - timedelta(days=1)

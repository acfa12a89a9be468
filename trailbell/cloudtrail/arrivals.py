"""
When events happened, of all records, whether a detection fires on them or not.

In:    the decoded fields of records, or whole records.
Out:   the minutes in which each account has events, and the times of the first and the last event.
Never: one entry for each record. Memory grows with the minutes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from trailbell.cloudtrail.event_time import seconds_since_1970
from trailbell.cloudtrail.key_fields import Fields, KeyFields, caller_account

_START = itemgetter(slice(len("2026-11-23T12:15:")))
_LAST = itemgetter(-1)
_LENGTH = len("2026-11-23T12:15:42Z")
_MAX_CACHED_MINUTES = 1 << 16


class _Minutes(dict[str, int | None]):
    """The minutes since 1970 by the start of their text."""

    def __missing__(self, start: str) -> int | None:
        if len(self) >= _MAX_CACHED_MINUTES:
            self.clear()
        time = seconds_since_1970(f"{start}00Z")
        self[start] = None if time is None else time // 60
        return self[start]


class Arrivals:
    """
    Minutes and times so far, of the events in a time and of some accounts.

    ``since`` and ``until`` are in seconds since 1970, ``until`` is exclusive; without
    ``accounts``, all count. The account of an event is that of the trail, or else that of the
    caller; it is empty if there is neither. Events without a readable time do not count.
    """

    def __init__(
        self,
        since: int | None = None,
        until: int | None = None,
        accounts: Collection[str] = (),
    ) -> None:
        self._since, self._until, self._accounts = since, until, frozenset(accounts)
        self._is_limited = since is not None or until is not None or bool(accounts)
        self._cached = _Minutes()
        self.minutes: dict[str, set[int]] = {}
        """The minutes since 1970, by account."""
        self.first: int | None = None
        self.last: int | None = None

    def add_fields(self, key_fields: KeyFields, records: Sequence[Fields]) -> None:
        """Count records by their decoded fields."""
        if not records:
            return
        times = list(map(key_fields.time, records))
        trails = set(map(key_fields.trail_account, records))
        if self._is_limited or len(trails) > 1 or not self._add_times(times, *trails):
            for time, record in zip(times, records, strict=True):
                self._add(time, key_fields.trail_account(record), caller_account(record))

    def add_record(self, record: Mapping[str, object]) -> None:
        """Count a decoded record."""
        identity = record.get("userIdentity")
        caller = identity.get("accountId") if isinstance(identity, dict) else None
        self._add(record.get("eventTime"), record.get("recipientAccountId"), caller)

    def take(self) -> "Arrivals":
        """What was counted so far; counts from nothing then."""
        taken = Arrivals()
        taken.minutes, taken.first, taken.last = self.minutes, self.first, self.last
        self.minutes, self.first, self.last = {}, None, None
        return taken

    def merge(self, minutes: Mapping[str, Iterable[int]], times: Iterable[int | None]) -> None:
        """Add what others have counted."""
        for account, some in minutes.items():
            self.minutes.setdefault(account, set()).update(some)
        for time in times:
            if time is not None:
                self._extend(time, time)

    def _add_times(self, times: Sequence[Any], account: object) -> bool:
        """Count times of one account, if all have the form in which CloudTrail writes them."""
        # All of this is one call for many records: it is done for each one.
        if not isinstance(account, str) or not account or not _are_texts(times):
            return False
        if set(map(len, times)) != {_LENGTH} or set(map(_LAST, times)) != {"Z"}:
            return False
        first, last = seconds_since_1970(min(times)), seconds_since_1970(max(times))
        minutes = set(map(self._cached.__getitem__, set(map(_START, times))))
        if first is None or last is None or None in minutes:
            return False
        self._extend(first, last)
        self.minutes.setdefault(account, set()).update(minutes)  # type: ignore[arg-type] # no None
        return True

    def _add(self, time: object, trail: object, caller: object) -> None:
        seconds = seconds_since_1970(time)
        if seconds is None:
            return
        account = next((text for text in (trail, caller) if isinstance(text, str) and text), "")
        if self._accounts and account not in self._accounts:
            return
        if self._since is not None and seconds < self._since:
            return
        if self._until is not None and seconds >= self._until:
            return
        self._extend(seconds, seconds)
        self.minutes.setdefault(account, set()).add(seconds // 60)

    def _extend(self, first: int, last: int) -> None:
        self.first = first if self.first is None else min(first, self.first)
        self.last = last if self.last is None else max(last, self.last)


def _are_texts(values: Iterable[Any]) -> bool:
    try:
        "".join(values)
    except TypeError:
        return False
    return True

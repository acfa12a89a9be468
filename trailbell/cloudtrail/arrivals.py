"""
When events happened, of all records, whether a detection fires on them or not.

In:    the decoded fields of records, or whole records.
Out:   the minutes in which each account has events, and the times of the first and the last event.
Never: one entry for each record. Memory grows with the minutes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from trailbell.cloudtrail.event_time import seconds_since_1970
from trailbell.cloudtrail.key_fields import Fields, KeyFields

_MINUTE = len("2026-11-23T12:15:")
_LENGTH = len("2026-11-23T12:15:42Z")
_MAX_CACHED_MINUTES = 1 << 16


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
        self._cached: dict[str, int | None] = {}
        self.minutes: dict[str, set[int]] = {}
        """The minutes since 1970, by account."""
        self.first: int | None = None
        self.last: int | None = None

    def add_fields(self, key_fields: KeyFields, records: Sequence[Fields]) -> None:
        """Count records by their decoded fields."""
        if not records:
            return
        times = list(map(key_fields.time, records))
        try:
            accounts = list(map(key_fields.accounts, records))
        except AttributeError:  # null instead of an identity
            accounts = [_accounts(key_fields, record) for record in records]
        trails = {trail for trail, _ in accounts}
        if self._is_limited or len(trails) > 1 or not self._add_times(times, *trails):
            for time, members in zip(times, accounts, strict=True):
                self._add(time, *members)

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

    def _add_times(self, times: Sequence[object], account: object) -> bool:
        """Count times of one account, if all have the form in which CloudTrail writes them."""
        texts = [time for time in times if isinstance(time, str) and len(time) == _LENGTH]
        if len(texts) < len(times) or not isinstance(account, str) or not account:
            return False
        # Of this form, texts have the order of the times.
        bounds = [seconds_since_1970(text) for text in (min(texts), max(texts))]
        minutes = set(map(self._minute, {text[:_MINUTE] for text in texts}))
        first, last = bounds
        if (
            first is None
            or last is None
            or None in minutes
            or {text[-1] for text in texts} != {"Z"}
        ):
            return False
        self._extend(first, last)
        self.minutes.setdefault(account, set()).update(minutes)  # type: ignore[arg-type] # no None
        return True

    def _minute(self, start: str) -> int | None:
        if start not in self._cached:
            if len(self._cached) >= _MAX_CACHED_MINUTES:
                self._cached.clear()
            time = seconds_since_1970(f"{start}00Z")
            self._cached[start] = None if time is None else time // 60
        return self._cached[start]

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


def _accounts(key_fields: KeyFields, record: Fields) -> tuple[object, object]:
    try:
        return key_fields.accounts(record)
    except AttributeError:
        return key_fields.trail_account(record), None

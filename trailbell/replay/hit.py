"""
Hits: events on which detections fire, without the rest of their records.

In:    what one detection fires on.
Out:   a `Hit` with the members that notifications, breakdowns and exclusions need.
Never: a whole record. Millions of hits must fit into memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trailbell.cloudtrail.read_error import ReadError


@dataclass(frozen=True, slots=True)
class Hit:
    """
    An event on which a detection fires. A member that the record does not have is empty.

    ``time`` is its ``eventTime`` in seconds since 1970, UTC. ``account`` is the
    ``recipientAccountId``, or else the account of the caller. ``role_arn`` and ``role_name`` are
    those of ``sessionContext.sessionIssuer``, ``service`` is ``userIdentity.invokedBy``, and
    ``caller`` names the caller if there is no ARN: a user name, a principal or a type.
    """

    detection: str
    time: int
    event_id: str
    event_source: str
    event_name: str
    account: str
    region: str
    address: str
    principal_arn: str
    role_arn: str
    role_name: str
    service: str
    caller: str
    is_read: bool

    @property
    def identity(self) -> str:
        """Who it was: the role of a session, or else the principal, the service, the caller."""
        return self.role_arn or self.principal_arn or self.service or self.caller or "unknown"


@dataclass(frozen=True, kw_only=True)
class Collected:
    """
    What a scan found. ``hits`` are in the order of their times; each is there once, although
    several trails may have delivered the event: ``duplicates`` counts the others.

    ``arrivals`` are the minutes since 1970 in which each account has any event, for the default
    value of metrics; an account that is missing is taken to have events in every minute.
    ``uncertain`` counts evaluations that are uncertain, by detection; they are no hits.
    ``first`` and ``last`` are the times of the first and the last event of all, None without any.
    """

    hits: tuple[Hit, ...] = ()
    duplicates: int = 0
    arrivals: Mapping[str, frozenset[int]]
    uncertain: Mapping[str, int]
    records: int = 0
    files: int = 0
    first: int | None = None
    last: int | None = None
    unreadable: tuple[ReadError, ...] = ()
    left_out: int = 0
    left_out_kinds: Mapping[str, int]

"""
Other events of a service that a pattern on one call must not match.

In:    the event source and the name of a call.
Out:   similar calls of the same service, and calls of the same name in other services.
Never: an event that does not exist.
"""

import difflib
import re

from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.cloudtrail.operations import operations_of

_READING = ("Get", "List", "Describe", "Head", "Search", "Lookup")


def similar_calls(source: str, name: str, count: int) -> tuple[str, ...]:
    """Calls of the service, those on the same kind of resource first; none if it has no model."""
    names = {operation.name for operation in operations_of(source)}
    known = BotocoreEventNames().event_names(source)
    own = _noun(name)
    others = [other for other in names if known is None or other in known]
    ranked = sorted(
        (other for other in others if other != name and not name.startswith(other)),
        key=lambda other: (
            _noun(other) != own,
            -difflib.SequenceMatcher(None, own, _noun(other)).ratio(),
            other,
        ),
    )
    return tuple(ranked[:count])


def same_call_elsewhere(source: str, name: str) -> str:
    """Another service that has a call of this name; empty if none has."""
    others = BotocoreEventNames().sources_of(name)
    return next((other.partition(".")[0] for other in others if other != source), "")


def is_reading(name: str) -> bool:
    """Whether the name is that of a call that changes nothing."""
    return name.startswith(_READING)


def _noun(name: str) -> str:
    """The name without its verb: ``KeyPolicy`` for ``PutKeyPolicy``."""
    return re.sub(r"^[A-Z][a-z0-9]*", "", name) or name

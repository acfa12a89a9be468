"""
Which members of an event a person looks at first: the key, the bucket, the user acted on.

In:    a detection.
Out:   paths of members, for the saved query of its alarm.
Never: a value of an array: Logs Insights shows only a single entry of it.

They are those of the sample events that must match, unless the detection names its own: members of
``requestParameters`` that identify something, the most frequent ones first.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.catalog.detection import Detection

MAX_MEMBERS = 3
"""More would not fit on a screen next to the members that every query shows."""

_REQUEST = "requestParameters"
_IDENTIFIES = re.compile(
    r"(?:^|[a-z.])(?:Ids?|Arns?|ARNs?|Names?|Identifiers?|Urls?|Emails?|Accounts?|Domains?)$"
    r"|^(?:bucket|domain|email|identity|name|principal|resource|target|user)$",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# A member that is in fewer of the events would be empty for most of them.
_LEAST_SHARE = 4


def shown_members(detection: Detection) -> tuple[str, ...]:
    """The paths of at most `MAX_MEMBERS` members, such as ``requestParameters.bucketName``."""
    if detection.shows is not None:
        return detection.shows
    counts = Counter(
        path
        for example in detection.fires
        for path in _identifiers(example.event.get(_REQUEST), _REQUEST)
    )
    least = len(detection.fires) / _LEAST_SHARE
    frequent = [path for path, count in counts.most_common() if count >= least]
    return tuple(frequent[:MAX_MEMBERS])


def _identifiers(value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        return
    for name, member in value.items():
        inside = f"{path}.{name}"
        if not _PLAIN.fullmatch(name):
            continue
        if isinstance(member, Mapping):
            yield from _identifiers(member, inside)
        elif isinstance(member, str) and _IDENTIFIES.search(name):
            yield inside

"""
How often each value occurs.

In:    values, such as the identities of hits.
Out:   `Share`s in descending order.
Never: a share that is left out. Reports cut long lists.
"""

from collections import Counter
from collections.abc import Iterable

from trailbell.replay.model import Share


def shares(values: Iterable[str]) -> tuple[Share, ...]:
    """How often each value occurs, in descending order; equal ones in that of the alphabet."""
    counted = sorted(Counter(values).items(), key=lambda each: (-each[1], each[0]))
    return tuple(Share(value, hits) for value, hits in counted)

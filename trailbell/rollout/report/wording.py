"""
Numbers, durations and locations as people read them.

In:    numbers, locations.
Out:   short pieces of text.
Never: a sentence. Reports write those.
"""

from collections.abc import Sequence

from trailbell.aws.stack_set import AccountRegion

_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600


def format_duration(seconds: float) -> str:
    """Format a duration: ``90`` as ``2 min``, ``7200`` as ``2 h 0 min``."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR:.0f} h {seconds % _HOUR // _MINUTE:.0f} min"
    return f"{seconds / _DAY:.1f} days"


def format_locations(locations: Sequence[AccountRegion], max_listed: int = 5) -> str:
    """List the first locations, and count the others."""
    listed = ", ".join(f"{account} {region}" for account, region in locations[:max_listed])
    more = len(locations) - max_listed
    return listed + (f" and {more:,} more" if more > 0 else "")

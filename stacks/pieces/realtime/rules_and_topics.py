"""
What `realtime` and `realtime-hub` have in common: topics, key, dead-letter queue, essential rules.

In:    the name of the bus whose events the rules match.
Out:   the pieces of the stack, and the outputs that the stacks of packs import.
"""

from typing import Any

from stacks.pieces.installation import ACCEPTED
from stacks.pieces.realtime.refs import exports, own_refs
from stacks.pieces.realtime.rules import event_rules
from stacks.pieces.realtime.topics import dead_letters, realtime_key, realtime_topics
from stacks.security_alerts import ESSENTIALS
from trailbell import Catalog, Piece


def realtime_pieces(catalog: Catalog, bus_name: Any) -> tuple[Piece, ...]:
    """The pieces of a stack with rules of the pack essentials on this bus."""
    refs = own_refs(bus_name)
    return (
        ACCEPTED,
        realtime_topics(),
        event_rules(catalog.in_pack(ESSENTIALS.name), refs),
        dead_letters(refs),
        realtime_key(),
        exports(refs),
    )

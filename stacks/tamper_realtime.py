"""Rules for the pack ``tamper``, and alarms on messages that SNS could not deliver."""

from stacks.pieces.realtime.pack import realtime_pack_stack
from stacks.pieces.realtime.refs import imported_refs
from stacks.pieces.realtime.topics import delivery_failure_alarms
from stacks.tamper import TAMPER

STACK = realtime_pack_stack(TAMPER, delivery_failure_alarms(imported_refs()))

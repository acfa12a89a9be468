"""The pack ``tamper``: alarms on changes to the trail and to the alarms themselves."""

from stacks.pieces.base_refs import imported_refs
from stacks.pieces.pack import pack_stack
from stacks.pieces.self_monitoring import delivery_failure_alarms
from trailbell import Pack

TAMPER = Pack(
    name="tamper",
    title="tampering with the trail or its alarms",
    order=30,
    guards_alarms=True,
)
STACK = pack_stack(TAMPER, delivery_failure_alarms(imported_refs()))

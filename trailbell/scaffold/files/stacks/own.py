"""The pack of this project: its own detections, and what people who respond may read."""

from stacks.pieces.base_refs import imported_refs
from stacks.pieces.pack import pack_stack
from trailbell import Pack, Piece
from troposphere import Sub, iam

from policies.responders import read_events

OWN = Pack(name="own", title="what is particular to our accounts", order=100)

_EVENTS = Sub(
    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${LogGroup}:*",
    LogGroup=imported_refs().log_group,
)

STACK = pack_stack(
    OWN,
    Piece(
        resources=(
            iam.ManagedPolicy(
                "ResponderPolicy",
                Description="Read the events for which alarms notify.",
                PolicyDocument=read_events(_EVENTS),
            ),
        ),
    ),
)

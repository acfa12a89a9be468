"""
The event bus that receives the events of an organization, and an archive to replay them from.

In:    nothing.
Out:   a `Piece`, with the bus as ``EventBus``.
"""

from troposphere import GetAtt, Output, Parameter, Ref, events

from policies.event_bus import organization_bus_statement
from stacks.pieces.installation import NAME, SHORT_INSTALLATION_NAME, named
from trailbell import ParameterInput, Piece

_GROUP = "Real-time notifications"
_ORGANIZATION = ParameterInput(
    parameter=Parameter(
        "OrganizationId",
        Type="String",
        AllowedPattern="^o-[a-z0-9]{10,32}$",
        Description="ID of the organization whose accounts may send events: o-...",
        ConstraintDescription="must be the ID of an organization, such as o-exampleorgid",
    ),
    label="Organization",
    group=_GROUP,
)
_RETENTION = ParameterInput(
    parameter=Parameter(
        "ArchiveDays",
        Type="Number",
        Default=30,
        MinValue=1,
        MaxValue=3650,
        Description="Days for which events are archived, so that they can be replayed.",
        ConstraintDescription="must be 1 to 3650",
    ),
    label="Days in the archive",
    group=_GROUP,
)


def hub() -> Piece:
    """The bus with its policy and archive."""
    bus = events.EventBus(
        "EventBus", Name=NAME, Description="Events of the organization that detections match"
    )
    policy = events.EventBusPolicy(
        "EventBusPolicy",
        EventBusName=Ref(bus),
        StatementId="AllowOrganization",
        Statement=organization_bus_statement(
            bus_arn=GetAtt(bus, "Arn"), organization_id=Ref("OrganizationId")
        ).JSONrepr(),
    )
    archive = events.Archive(
        "EventArchive",
        ArchiveName=named("realtime"),
        Description="Events of the organization that detections match",
        SourceArn=GetAtt(bus, "Arn"),
        RetentionDays=Ref("ArchiveDays"),
    )
    return Piece(
        inputs=(SHORT_INSTALLATION_NAME, _ORGANIZATION, _RETENTION),
        resources=(bus, policy, archive),
        outputs=(
            Output(
                "BusArn",
                Description="ARN of the event bus: HubBusArn of realtime-forward",
                Value=GetAtt(bus, "Arn"),
            ),
        ),
    )

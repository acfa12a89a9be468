"""The alerts alone, on a log group that exists: organization trail, Control Tower."""

from troposphere import Ref, Template

from stacks.pieces.alerts import LOG_GROUP_NAME, alarms, topic
from stacks.pieces.encryption import FOR_ALERTING, encryption
from trailbell.detection import Catalogue
from trailbell.stack import Piece, Stack, assemble


def template(catalogue: Catalogue) -> Template:
    return assemble(
        "Trailbell: metric filters, alarms and a topic on an existing CloudTrail log group. "
        "Deploy where that log group is: its account and Region.",
        Piece(inputs=(LOG_GROUP_NAME,)),
        topic(),
        alarms(catalogue, log_group=Ref("LogGroupName")),
        encryption(uses=FOR_ALERTING),
    )


STACK = Stack(
    name="alerts",
    summary="Topic, filters and alarms on an existing log group",
    template=template,
)

"""Alarms without a trail, for a log group of an organization trail or of Control Tower."""

from troposphere import Ref, Template

from stacks.pieces.alarms import LOG_GROUP_NAME, NAMESPACE, alarms
from stacks.pieces.encryption import FOR_ALERTING, encryption
from stacks.pieces.liveness import heartbeat
from stacks.pieces.site import exports, own_site
from stacks.pieces.topics import topics
from trailbell.detection import Catalogue, Pack
from trailbell.stack import Piece, Stack, assemble


def template(catalogue: Catalogue) -> Template:
    site = own_site(Ref("LogGroupName"))
    return assemble(
        "Trailbell: metric filters, alarms and SNS topics for an existing CloudTrail log group. "
        "Deploy in the account and Region of the log group.",
        Piece(inputs=(LOG_GROUP_NAME, NAMESPACE)),
        topics(),
        alarms(catalogue.deployed_by(Pack.ESSENTIALS), site, room=19_000),
        heartbeat(site),
        encryption(uses=FOR_ALERTING),
        exports(site),
    )


STACK = Stack(
    name="alerts",
    summary="Metric filters, alarms and topics for an existing log group",
    template=template,
    instead_of="security-alerts",
    without_bucket=True,
)

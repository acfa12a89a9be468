"""The trail, and the topics and alarms for it, in one stack."""

from troposphere import Ref, Template

from stacks.pieces.alarms import NAMESPACE, alarms
from stacks.pieces.encryption import FOR_ALERTING, FOR_RECORDING, encryption
from stacks.pieces.liveness import heartbeat
from stacks.pieces.site import exports, own_site
from stacks.pieces.topics import topics
from stacks.pieces.trail import recording
from trailbell.detection import Catalogue, Pack
from trailbell.stack import Piece, Stack, Where, assemble


def template(catalogue: Catalogue) -> Template:
    site = own_site(Ref("LogGroup"))
    return assemble(
        "Trailbell: CloudTrail trail, SNS topics and alarms for one account or an organization. "
        "Deploy in the home Region only: the trail records all Regions.",
        topics(),
        Piece(inputs=(NAMESPACE,)),
        alarms(catalogue.deployed_by(Pack.ESSENTIALS), site, room=19_000),
        heartbeat(site),
        *recording(),
        encryption(uses=[*FOR_RECORDING, *FOR_ALERTING]),
        exports(site),
    )


STACK = Stack(
    name="security-alerts",
    summary="Trail, topics and the alarms of pack essentials, for an account or an organization",
    template=template,
    where=Where.HOME_REGION,
    without_bucket=True,
)

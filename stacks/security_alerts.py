"""Everything for one account: the trail, and the alerts on it."""

from troposphere import Ref, Template

from stacks.pieces.alerts import alarms, topic
from stacks.pieces.encryption import FOR_ALERTING, FOR_RECORDING, encryption
from stacks.pieces.trail import recording
from trailbell.detection import Catalogue
from trailbell.stack import Stack, Where, assemble


def template(catalogue: Catalogue) -> Template:
    return assemble(
        "Trailbell: CloudTrail, and alarms for what is dangerous in it, for one account. "
        "Belongs in the home Region only: one trail records all Regions, a second one costs.",
        topic(),
        alarms(catalogue, log_group=Ref("LogGroup")),
        *recording(),
        encryption(uses=[*FOR_RECORDING, *FOR_ALERTING]),
    )


STACK = Stack(
    name="security-alerts",
    summary="Trail and alerts: everything, for one account",
    template=template,
    where=Where.HOME_REGION,
)

"""The trail alone: CloudTrail into a bucket and a log group, with the role and the key."""

from troposphere import Output, Ref, Template

from stacks.pieces.encryption import FOR_RECORDING, encryption
from stacks.pieces.trail import recording
from trailbell.catalog.detection import Catalogue
from trailbell.compiler.stack import Piece, Stack, Where, assemble


def template(_: Catalogue) -> Template:
    return assemble(
        "Trailbell: one CloudTrail trail over all Regions into a bucket and a log group. "
        "Belongs in the home Region only.",
        *recording(),
        encryption(uses=FOR_RECORDING),
        Piece(
            outputs=(
                Output("LogGroupName", Description="Where log events are", Value=Ref("LogGroup")),
            )
        ),
    )


STACK = Stack(
    name="trail",
    summary="CloudTrail into a bucket and a log group",
    template=template,
    where=Where.HOME_REGION,
    instead_of="security-alerts",
    without_bucket=True,
)

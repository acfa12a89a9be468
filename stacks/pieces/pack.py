"""The stack of a pack: filters and alarms beside a base stack, from which the rest is imported."""

from troposphere import Template

from stacks.pieces.alarms import alarms
from stacks.pieces.site import BASE_STACK, LOG_BUCKET_NAME, base_site
from trailbell.detection import Catalogue, Pack
from trailbell.stack import Piece, Stack, assemble


def pack_stack(pack: Pack, summary: str, *more: Piece) -> Stack:
    """The stack of a pack; ``more`` are pieces that it has beside its detections."""

    def template(catalogue: Catalogue) -> Template:
        detections = catalogue.deployed_by(pack)
        guards_bucket = any("${LogBucketName}" in d.text for d in detections)
        return assemble(
            f"Trailbell pack {pack}: {summary}. Deploy after security-alerts or alerts, in the "
            "same account and Region; several packs may stand on one base stack.",
            Piece(inputs=(BASE_STACK, *([LOG_BUCKET_NAME] if guards_bucket else []))),
            alarms(detections, base_site()),
            *more,
        )

    return Stack(name=pack, summary=summary, template=template, pack=pack)

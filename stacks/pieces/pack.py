"""
The stacks of a pack: its filters and alarms, and the saved queries that answer them.

Both stand beside a base stack, from which log group and topics are imported. The queries have a
stack of their own so that each template stays below what CloudFormation takes without a bucket.
"""

from troposphere import Sub, Template, logs

from stacks.pieces.alarms import alarms
from stacks.pieces.site import Site, base_site, needed_conditions, needed_inputs, only_where
from trailbell.answer import query
from trailbell.detection import Catalogue, Detection, Pack
from trailbell.stack import Piece, Stack, assemble

_BESIDE = "Deploy after security-alerts or alerts, in the same account and Region."


def pack_stack(pack: Pack, summary: str, *more: Piece) -> Stack:
    """The stack of a pack; ``more`` are pieces that it has beside its detections."""

    def template(catalogue: Catalogue) -> Template:
        detections = catalogue.deployed_by(pack)
        return assemble(
            f"Trailbell pack {pack}: {summary}. {_BESIDE}",
            Piece(inputs=needed_inputs(detections), conditions=needed_conditions(detections)),
            alarms(detections, base_site(), room=42_000),
            *more,
        )

    return Stack(name=pack, summary=summary, template=template, pack=pack, without_bucket=True)


def queries_stack(pack: Pack) -> Stack:
    """For each alarm of a pack, the query that lists who did it, saved in the console."""
    summary = f"saved Logs Insights queries for the alarms of pack {pack}"

    def template(catalogue: Catalogue) -> Template:
        detections, site = catalogue.deployed_by(pack), base_site()
        return assemble(
            f"Trailbell: {summary}. {_BESIDE}",
            Piece(
                inputs=needed_inputs(detections),
                conditions=needed_conditions(detections),
                resources=tuple(_saved_query(detection, site) for detection in detections),
            ),
        )

    return Stack(
        name=f"{pack}-queries",
        summary=summary,
        template=template,
        pack=pack,
        without_bucket=True,
    )


def _saved_query(detection: Detection, site: Site) -> logs.QueryDefinition:
    """The query of the alarm's description, under the alarm's name in a folder of the console."""
    return logs.QueryDefinition(
        f"{detection.logical_id}Query",
        **only_where(detection),
        Name=Sub(f"{site.prefix}/{site.prefix}-{detection.id}"),
        LogGroupNames=[site.log_group],
        QueryString=site.filled(detection, query(detection)),
    )

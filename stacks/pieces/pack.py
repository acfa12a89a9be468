"""
The stacks of a pack: its metric filters and alarms, and the saved queries for these alarms.

Both import the log group and topics from a base stack. The queries have a stack of their own so
that each template stays below the size that CloudFormation accepts without an S3 bucket.
"""

from troposphere import Sub, Template, logs

from stacks.pieces.alarms import alarms
from stacks.pieces.base_refs import (
    BaseRefs,
    bucket_condition,
    imported_refs,
    required_conditions,
    required_inputs,
)
from stacks.pieces.installation import ACCEPTED
from trailbell import Catalog, Detection, Pack, Piece, Stack, assemble
from trailbell.catalog.alarm_text import investigation_query

_DEPLOY_AFTER = "Deploy after security-alerts or alerts, in the same account and Region."


def pack_stack(pack: Pack, *further_pieces: Piece) -> Stack:
    """The stack of a pack. ``further_pieces`` are added to the pieces for its detections."""

    def template(catalog: Catalog) -> Template:
        detections = catalog.in_pack(pack.name)
        return assemble(
            f"Trailbell pack {pack}: {pack.title}. {_DEPLOY_AFTER}",
            ACCEPTED,
            Piece(inputs=required_inputs(detections), conditions=required_conditions(detections)),
            alarms(detections, imported_refs(), max_bytes=42_000),
            *further_pieces,
        )

    return Stack(
        name=pack.name,
        summary=pack.title,
        template=template,
        pack=pack,
        without_bucket=True,
    )


def queries_stack(pack: Pack) -> Stack:
    """The stack with a saved query for each alarm of a pack, which lists the matching events."""
    summary = f"saved Logs Insights queries for the alarms of pack {pack}"

    def template(catalog: Catalog) -> Template:
        detections, refs = catalog.in_pack(pack.name), imported_refs()
        return assemble(
            f"Trailbell: {summary}. {_DEPLOY_AFTER}",
            ACCEPTED,
            Piece(
                inputs=required_inputs(detections),
                conditions=required_conditions(detections),
                resources=tuple(_saved_query(detection, refs) for detection in detections),
            ),
        )

    return Stack(
        name=f"{pack}-queries",
        summary=summary,
        template=template,
        pack=pack,
        without_bucket=True,
    )


def _saved_query(detection: Detection, refs: BaseRefs) -> logs.QueryDefinition:
    """The query in the alarm's description, saved under the alarm's name in one folder."""
    return logs.QueryDefinition(
        f"{detection.logical_id}Query",
        **bucket_condition(detection),
        Name=Sub(f"${{InstallationName}}/${{InstallationName}}-{detection.id}"),
        LogGroupNames=[refs.log_group],
        QueryString=refs.substitute(detection, investigation_query(detection)),
    )

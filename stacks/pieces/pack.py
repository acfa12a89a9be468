"""
The stacks of a pack: its metric filters and alarms, and the saved queries for these alarms.

Both import the log group and topics from a base stack. The queries have a stack of their own so
that each template stays below the size that CloudFormation accepts without an S3 bucket. So have
the queries for Athena, which import database and workgroup from the stack ``hunt``: all of a
catalog in one template would be larger than that.
"""

from troposphere import ImportValue, Sub, Template, athena, logs

from stacks.pieces.alarms import alarms
from stacks.pieces.base_refs import (
    BaseRefs,
    bucket_condition,
    imported_refs,
    required_conditions,
    required_inputs,
    to_sub,
)
from stacks.pieces.hunt_inputs import IMPORTS_BUCKET, LOG_BUCKET, LOG_BUCKET_NAME
from stacks.pieces.installation import ACCEPTED, INSTALLATION_NAME, NAME, named
from trailbell import Catalog, Detection, Pack, Piece, RegionScope, Stack, assemble
from trailbell.catalog.alarm_text import investigation_query
from trailbell.catalog.hunt_query import ANYTHING, saved_condition, saved_query, saved_query_for_all
from trailbell.catalog.placeholders import escape_for_sub

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


def hunt_stack(pack: Pack) -> Stack:
    """The stack with queries for Athena: one for each detection of a pack, and one for all of it.

    A detection of which the table knows nothing has none.
    """
    summary = f"saved Athena queries for the detections of pack {pack}"

    def template(catalog: Catalog) -> Template:
        detections = [it for it in catalog.in_pack(pack.name) if saved_condition(it) != ANYTHING]
        uses_bucket = any(map(bucket_condition, detections))
        return assemble(
            f"Trailbell: {summary}. Deploy after hunt, in the same account and Region.",
            ACCEPTED,
            Piece(
                inputs=(INSTALLATION_NAME, *((LOG_BUCKET_NAME,) if uses_bucket else ())),
                conditions=IMPORTS_BUCKET if uses_bucket else {},
                resources=(
                    *(
                        _athena_query(it.logical_id, it.id, it.title, saved_query(it))
                        for it in detections
                    ),
                    _athena_query(
                        "AllDetections",
                        f"{pack}-all",
                        f"All detections of the pack {pack}, in one scan",
                        saved_query_for_all(detections),
                    ),
                ),
            ),
        )

    return Stack(
        name=f"{pack}-hunt",
        summary=summary,
        template=template,
        pack=pack,
        region_scope=RegionScope.HOME_REGION,
        without_bucket=True,
    )


def _athena_query(logical_id: str, name: str, description: str, query: str) -> athena.NamedQuery:
    """A saved query, in the workgroup of the hunt."""
    values = {"AlarmPrefix": NAME, "LogBucketName": LOG_BUCKET}
    text = to_sub(escape_for_sub(query), values) if "${" in query else query
    return athena.NamedQuery(
        f"{logical_id}Hunt",
        Name=named(name),
        Description=description,
        Database=_of_hunt("HuntDatabase"),
        WorkGroup=_of_hunt("HuntWorkGroup"),
        QueryString=text,
    )


def _of_hunt(name: str) -> ImportValue:
    return ImportValue(named(name))


def _saved_query(detection: Detection, refs: BaseRefs) -> logs.QueryDefinition:
    """The query in the alarm's description, saved under the alarm's name in one folder."""
    return logs.QueryDefinition(
        f"{detection.logical_id}Query",
        **bucket_condition(detection),
        Name=Sub(f"${{InstallationName}}/${{InstallationName}}-{detection.id}"),
        LogGroupNames=[refs.log_group],
        QueryString=refs.substitute(detection, investigation_query(detection)),
    )

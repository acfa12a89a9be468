"""Log files in OpenSearch: events of the log bucket, a queue, a pipeline, and a collection."""

from troposphere import Template

from stacks.pieces import search_inputs
from stacks.pieces.installation import ACCEPTED, INSTALLATION_NAME
from stacks.pieces.log_file_events import log_file_events
from stacks.pieces.search_collection import search_collection
from stacks.pieces.search_pipeline import search_pipeline
from trailbell import Catalog, Piece, RegionScope, Stack, assemble


def template(_: Catalog) -> Template:
    return assemble(
        "Trailbell: pipeline from the CloudTrail log bucket to Amazon OpenSearch Service. Deploy "
        "in the account and Region of the bucket.",
        ACCEPTED,
        Piece(
            inputs=(INSTALLATION_NAME, *search_inputs.INPUTS),
            rules=search_inputs.RULES,
            conditions=search_inputs.CONDITIONS,
        ),
        log_file_events(search_inputs.LOG_BUCKET, search_inputs.ALARM_TOPIC),
        search_collection(),
        search_pipeline(search_inputs.LOG_BUCKET),
    )


STACK = Stack(
    name="search",
    summary="Pipeline from the log bucket to Amazon OpenSearch Service",
    template=template,
    region_scope=RegionScope.HOME_REGION,
    without_bucket=True,
)

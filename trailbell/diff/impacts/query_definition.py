"""
What a saved query asks, compared with the template.

In:    an `AWS::Logs::QueryDefinition`; what CloudWatch Logs describes.
Out:   a sentence if the query is not the one of the template.
Never: a detection gap: alarms do not depend on saved queries.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.read_back import (
    DELETED,
    Described,
    Finding,
    Operation,
    Read,
    compare,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff

TYPE = "AWS::Logs::QueryDefinition"


def find_gaps(_: ResourceDiff) -> Iterator[str]:
    """Find nothing: alarms do not depend on saved queries."""
    yield from ()


# What AWS describes

DESCRIBE_QUERIES = Operation(
    service="logs", name="DescribeQueryDefinitions", items="queryDefinitions"
)
READS = (DESCRIBE_QUERIES,)


def list_reads(described: Described) -> Iterator[Read]:
    """The queries in the same folder, so that all queries of a pack are one call."""
    yield _read(described)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find out whether the query was edited or deleted."""
    if described.answer(_read(described)) is None:
        return
    by_id = {entry.get("queryDefinitionId"): entry for entry in described.items(_read(described))}
    query = by_id.get(described.physical_id)
    if query is None:
        yield DELETED
        return
    yield from compare("Name", described.property("Name"), query.get("name"))
    yield from compare("QueryString", described.property("QueryString"), query.get("queryString"))
    wanted = described.property("LogGroupNames")
    yield from compare("LogGroupNames", wanted or None, query.get("logGroupNames") or None)


def _read(described: Described) -> Read:
    name = described.property("Name")
    folder = name.rpartition("/")[0] if isinstance(name, str) else ""
    return (
        DESCRIBE_QUERIES(queryDefinitionNamePrefix=f"{folder}/") if folder else DESCRIBE_QUERIES()
    )

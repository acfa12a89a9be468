"""
What a dashboard shows, compared with the template.

In:    an `AWS::CloudWatch::Dashboard`; what CloudWatch describes.
Out:   a sentence if the dashboard is not the one of the template.
Never: a detection gap: alarms do not depend on dashboards.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    Operation,
    Read,
    comparable,
    not_compared,
    parse_json,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff

TYPE = "AWS::CloudWatch::Dashboard"


def find_gaps(_: ResourceDiff) -> Iterator[str]:
    """Find nothing: alarms do not depend on dashboards."""
    yield from ()


# What AWS describes

GET_DASHBOARD = Operation(service="cloudwatch", name="GetDashboard")
READS = (GET_DASHBOARD,)


def list_reads(described: Described) -> Iterator[Read]:
    """The dashboard."""
    yield GET_DASHBOARD(DashboardName=described.physical_id)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find out whether the dashboard was edited."""
    answer = described.answer(GET_DASHBOARD(DashboardName=described.physical_id))
    if answer is None:
        return
    wanted = described.property("DashboardBody")
    if not isinstance(wanted, str):
        yield not_compared("DashboardBody")
    elif comparable(parse_json(wanted)) != comparable(parse_json(answer.get("DashboardBody"))):
        yield Finding("The dashboard was edited and differs from the template.")

"""
One dashboard for all packs: the state of the alarms, event counts, and the latest events.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Iterator
from typing import Any

from troposphere import Sub, Template, cloudwatch

from stacks.pieces.base_refs import (
    BaseRefs,
    imported_refs,
    imports_bucket,
    required_inputs,
    to_sub,
)
from stacks.pieces.installation import ACCEPTED, named
from trailbell.catalog.alarm_text import investigation_query
from trailbell.catalog.detection import Catalog, Detection, Pack, Severity
from trailbell.catalog.placeholders import escape_for_sub
from trailbell.compiler.stack import Piece, Stack, assemble

_ALARM_ARN_PREFIX = (
    "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${InstallationName}-"
)
_WIDTH = 24
_LIMIT = "| limit 20"


def template(catalog: Catalog) -> Template:
    refs = imported_refs()
    dashboard = cloudwatch.Dashboard(
        "Dashboard",
        Metadata={
            "cfn-lint": {
                "config": {"ignore_checks": ["I3042"]},
                "reason": "Queries contain the exclusions, which can name a principal by its ARN.",
            }
        },
        # Dashboards are global, so the name contains the Region that this one shows.
        DashboardName=named("${AWS::Region}"),
        DashboardBody=_build_body(catalog, refs),
    )
    return assemble(
        "Trailbell: dashboard for the alarms of a base stack and its packs, with event counts and "
        "the latest events. Deploy after these stacks, in the same account and Region.",
        ACCEPTED,
        Piece(
            inputs=required_inputs(catalog),
            conditions=imports_bucket(catalog),
            resources=(dashboard,),
        ),
    )


def _build_body(catalog: Catalog, refs: BaseRefs) -> Sub:
    text = json.dumps({"widgets": _widgets(catalog)}, separators=(",", ":"))
    return to_sub(text, {"MetricNamespace": refs.namespace} | dict(refs.placeholder_values))


def _widgets(catalog: Catalog) -> list[dict[str, Any]]:
    by_severity = {s: [d for d in catalog if d.severity == s] for s in Severity}
    return [
        {
            "type": "alarm",
            "width": _WIDTH,
            "height": 6,
            "properties": {
                "title": "Alarms",
                "alarms": [f"{_ALARM_ARN_PREFIX}{name}" for name in _alarm_names(catalog)],
            },
        },
        *(
            _event_counts_widget(severity, detections)
            for severity, detections in by_severity.items()
            if detections
        ),
        *(_latest_events_widget(detection) for detection in by_severity[Severity.HIGH]),
    ]


def _alarm_names(catalog: Catalog) -> Iterator[str]:
    """The names of all alarms, without their common prefix."""
    yield "heartbeat"
    if Pack.TAMPER in catalog.packs:
        yield from (f"{severity}-undelivered" for severity in Severity)
    yield from (detection.id for detection in catalog)


def _event_counts_widget(severity: Severity, detections: list[Detection]) -> dict[str, Any]:
    return {
        "type": "metric",
        "width": _WIDTH,
        "height": 6,
        "properties": {
            "title": f"{severity.capitalize()}-severity events",
            "region": "${AWS::Region}",
            "view": "timeSeries",
            "stacked": True,
            "stat": "Sum",
            "period": 300,
            "metrics": [["${MetricNamespace}", d.logical_id, {"label": d.id}] for d in detections],
        },
    }


def _latest_events_widget(detection: Detection) -> dict[str, Any]:
    query = escape_for_sub(investigation_query(detection))
    return {
        "type": "log",
        "width": _WIDTH,
        "height": 4,
        "properties": {
            "title": escape_for_sub(detection.title),
            "region": "${AWS::Region}",
            "view": "table",
            "query": f"SOURCE '${{LogGroupName}}' | {query}\n{_LIMIT}",
        },
    }


STACK = Stack(
    name="dashboard",
    summary="Dashboard with the state, event counts and latest events of all alarms",
    template=template,
    without_bucket=True,
)

"""
One dashboard for an installation: the state of its alarms, event counts, and the latest events.

CloudWatch runs the query of a log widget whenever the dashboard is opened or refreshed, and bills
the data that it scans. So there is one query for all detections of high severity, a second one on
request, or none.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from troposphere import Equals, Not, Parameter, Ref, Template, cloudwatch

from stacks.pieces.base_refs import required_conditions, required_inputs
from stacks.pieces.dashboard_body import body, shows
from stacks.pieces.installation import ACCEPTED, named
from stacks.security_alerts import ESSENTIALS
from trailbell import Catalog, Pack, ParameterInput, Piece, Stack, assemble

LATEST_EVENTS = ParameterInput(
    parameter=Parameter(
        "LatestEvents",
        Type="String",
        Default="high",
        AllowedValues=["none", "high", "all"],
        Description=(
            "Severity of the events to list: high (one query of the log group per view), all (two "
            "queries) or none (no query). CloudWatch bills the data that a query scans."
        ),
        ConstraintDescription="must be none, high or all",
    ),
    label="Latest events",
    group="Dashboard",
)


def _pack_input(pack: Pack) -> ParameterInput:
    return ParameterInput(
        parameter=Parameter(
            f"Show{pack.logical_id}",
            Type="String",
            Default="no",
            AllowedValues=["yes", "no"],
            Description=f"Whether the stack {pack} is deployed, so that its alarms can be shown.",
            ConstraintDescription="must be yes or no",
        ),
        label=f"Alarms of the pack {pack}",
        group="Dashboard",
    )


def template(catalog: Catalog) -> Template:
    packs = [p for p in catalog.packs if p != ESSENTIALS and catalog.in_pack(p.name)]
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
        DashboardBody=body(catalog, packs),
    )
    # With long exclusions, the query may have no space for the detections that name the bucket.
    text = dashboard.to_json()
    used_conditions = {
        name: condition
        for name, condition in required_conditions(catalog).items()
        if f'"{name}"' in text
    }
    return assemble(
        "Trailbell: dashboard for the alarms of an installation, with event counts and the latest "
        "events. Deploy after the stacks that it shows, in the same account and Region.",
        ACCEPTED,
        Piece(
            inputs=(*required_inputs(catalog), *map(_pack_input, packs), LATEST_EVENTS),
            conditions={
                **used_conditions,
                **{shows(pack): Equals(Ref(f"Show{pack.logical_id}"), "yes") for pack in packs},
                "ListsEvents": Not(Equals(Ref("LatestEvents"), "none")),
                "ListsAllEvents": Equals(Ref("LatestEvents"), "all"),
            },
            resources=(dashboard,),
        ),
    )


STACK = Stack(
    name="dashboard",
    summary="Dashboard with the state, event counts and latest events of all alarms",
    template=template,
    without_bucket=True,
)

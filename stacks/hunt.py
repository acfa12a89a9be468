"""Log files in Athena: the table, and a workgroup with a limit for each query."""

from troposphere import Template

from stacks.pieces import hunt_inputs
from stacks.pieces.hunt_table import hunt_table
from stacks.pieces.hunt_workgroup import hunt_workgroup
from stacks.pieces.installation import ACCEPTED
from trailbell import Catalog, Piece, RegionScope, Stack, assemble


def template(_: Catalog) -> Template:
    return assemble(
        "Trailbell: table and workgroup to query the log files of a trail with Amazon Athena. "
        "Deploy in the account and Region of the log bucket.",
        ACCEPTED,
        Piece(inputs=hunt_inputs.INPUTS, conditions=hunt_inputs.CONDITIONS),
        hunt_table(),
        hunt_workgroup(),
    )


STACK = Stack(
    name="hunt",
    summary="Table and workgroup to query log files with Athena",
    template=template,
    region_scope=RegionScope.HOME_REGION,
    without_bucket=True,
)

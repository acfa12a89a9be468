"""``build.py permissions``: the IAM policy that a deployer of these stacks needs."""

from pathlib import Path
from typing import Any

import click

from trailbell.command.options import how, overrides, select_stacks, where
from trailbell.deploy.permissions import Scope, deployer_policy, too_long


@click.command("permissions")
@click.argument("stacks", nargs=-1)
@where
@how
@click.option("--boundary", is_flag=True, help="For a service role of CloudFormation instead.")
@click.option(
    "--partition",
    type=click.Choice(["aws", "aws-cn", "aws-us-gov"]),
    default="aws",
    help="Write ARNs of this partition. Default: aws.",
)
def command(
    stacks: tuple[str, ...],
    environment: str,
    file: Path | None,
    folder: Path,
    partition: str,
    *,
    boundary: bool,
    **words: Any,
) -> int:
    """Print the IAM policy that deploying STACKS, or all of them, needs. No account is asked."""
    work = select_stacks(stacks, environment, file, folder, overrides(words))
    found = work.environment
    scope = Scope(partition=partition, account=found.account or "*", region=found.region or "*")
    text = deployer_policy(work.stacks_to_deploy(), scope, for_service_role=boundary).to_json()
    click.echo(text)
    if too_long(text):
        click.echo(
            "note: longer than the 6,144 characters of a managed policy; use --service-role, and "
            "attach the policy of --boundary inline to that role",
            err=True,
        )
    return 0

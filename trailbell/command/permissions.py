"""``build.py permissions``: the IAM policy that deploying needs."""

import click

from trailbell.command.option import examples, option
from trailbell.command.options import StackOptions, stack_options
from trailbell.deploy.permissions import Scope, deployer_policy, too_long


@click.command(
    "permissions",
    epilog=examples("permissions alerts", "permissions alerts tamper --for-service-role"),
)
@click.argument("stacks", nargs=-1)
@stack_options
@option(
    "--for-service-role",
    "for_service_role",
    former=("--boundary",),
    is_flag=True,
    help="Print the policy for a CloudFormation service role instead.",
)
@option(
    "--partition",
    type=click.Choice(["aws", "aws-cn", "aws-us-gov"]),
    default="aws",
    help="AWS partition of the ARNs. Default: aws.",
)
def command(
    options: StackOptions, stacks: tuple[str, ...], partition: str, *, for_service_role: bool
) -> int:
    """Print the IAM policy that a principal needs to deploy STACKS (default: all).

    AWS is not contacted.
    """
    work = options.select(stacks)
    environment = work.environment
    scope = Scope(
        partition=partition,
        account=environment.account or "*",
        region=environment.region or "*",
    )
    policy = deployer_policy(work.stacks_to_deploy(), scope, for_service_role=for_service_role)
    text = policy.to_json()
    click.echo(text)
    if too_long(text):
        click.echo(
            "note: The policy is longer than the 6,144 characters of a managed policy. Use "
            "--service-role, and attach the policy of --for-service-role inline to that role.",
            err=True,
        )
    return 0

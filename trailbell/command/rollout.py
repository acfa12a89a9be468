"""``trailbell rollout``: deploy stacks to many accounts with StackSets."""

import click

from trailbell.command import (
    rollout_apply,
    rollout_permissions,
    rollout_plan,
    rollout_remove,
    rollout_status,
)
from trailbell.command.option import examples


@click.group("rollout", epilog=examples("rollout plan baseline", "rollout apply baseline"))
def command() -> None:
    """Deploy the stacks configured under [rollout.NAME] in trailbell.toml to its accounts and
    Regions.
    """


for subcommand in (
    rollout_plan.plan,
    rollout_apply.apply,
    rollout_apply.resume,
    rollout_status.status,
    rollout_status.stop,
    rollout_status.drift,
    rollout_remove.remove,
    rollout_permissions.permissions,
):
    command.add_command(subcommand)

"""``trailbell rollout``: deploy stacks to many accounts with StackSets."""

import click

from trailbell.command.lazy_group import LazyGroup
from trailbell.command.option import examples

COMMANDS = {
    "plan": ("trailbell.command.rollout_plan", "plan", "Preview a rollout."),
    "apply": ("trailbell.command.rollout_apply", "apply", "Apply a rollout wave by wave."),
    "resume": (
        "trailbell.command.rollout_apply",
        "resume",
        "Retry what failed, is outdated or was not started.",
    ),
    "status": ("trailbell.command.rollout_status", "status", "Show the status of the StackSets."),
    "stop": ("trailbell.command.rollout_status", "stop", "Stop the running operations."),
    "drift": ("trailbell.command.rollout_status", "drift", "Detect drift in all stack instances."),
    "remove": ("trailbell.command.rollout_remove", "remove", "Remove stack instances."),
    "permissions": (
        "trailbell.command.rollout_permissions",
        "permissions",
        "Print the IAM policies needed to roll out.",
    ),
}


@click.command(
    "rollout",
    cls=LazyGroup,
    table=COMMANDS,
    epilog=examples("rollout plan baseline", "rollout apply baseline"),
)
def command() -> None:
    """Deploy the stacks configured under [rollout.NAME] in trailbell.toml to its accounts and
    Regions.
    """

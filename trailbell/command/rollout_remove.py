"""``trailbell rollout remove``: delete stack instances."""

import click

from trailbell.command.option import examples, option
from trailbell.command.options import YES
from trailbell.command.rollout_request import (
    RolloutRequest,
    confirming_terminal,
    rollout_options,
)
from trailbell.command.rollout_run import Run, confirm_and_apply
from trailbell.command.suggestions import suggest_regions, suggest_stacks
from trailbell.rollout.apply.stack_set_guard import read_known_operations
from trailbell.rollout.plan import removal
from trailbell.rollout.plan.removal import RemovalRequest
from trailbell.rollout.session import open_sessions, read_stack_sets, shared_session


@click.command(
    "remove",
    epilog=examples(
        "rollout remove baseline --account 123456789012",
        "rollout remove baseline --stack tamper --all",
        "rollout remove baseline --all --yes",
    ),
)
@rollout_options
@option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ID",
    help="Account to remove the stack instances from. Can be repeated. Default: all.",
)
@option(
    "--region",
    "regions",
    multiple=True,
    metavar="REGION",
    shell_complete=suggest_regions,
    help="Region to remove the stack instances from. Can be repeated. Default: all.",
)
@option(
    "--stack",
    "stacks",
    multiple=True,
    metavar="STACK",
    shell_complete=suggest_stacks,
    help=(
        "Stack of the rollout to remove. Can be repeated. Others that import from it must be "
        "removed too. Default: all."
    ),
)
@option("--all", "everything", is_flag=True, help="Delete all stack instances and the StackSets.")
@option(
    "--retain",
    is_flag=True,
    help="Keep the stacks in the accounts and only remove them from their StackSet.",
)
@YES
def remove(
    request: RolloutRequest,
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
    stacks: tuple[str, ...],
    *,
    everything: bool,
    retain: bool,
    yes: bool,
) -> int:
    """Delete stack instances of NAME in the given accounts and Regions, or all of them.

    Stacks that import from others are deleted before these.
    """
    if everything == bool(accounts or regions):
        raise click.UsageError("Give --account, --region, or both; or --all.")
    terminal = confirming_terminal(request, yes=yes)
    sessions = open_sessions(request.rollout)
    known_operations = read_known_operations(sessions, terminal)
    wanted = RemovalRequest(
        accounts=accounts, regions=regions, everything=everything, retain=retain, stacks=stacks
    )
    planned = removal.plan_removal(
        request.rollout,
        wanted,
        read_stack_sets(sessions),
        account_id=shared_session(sessions).identity.account,
    )
    again = request.next_command(_remove_words(wanted), "remove what is left")
    run = Run(request, sessions, terminal, known_operations, (again,))
    return confirm_and_apply(run, planned, frozenset())


def _remove_words(wanted: RemovalRequest) -> str:
    """The same removal as it can be typed."""
    words = ["remove"]
    words += [f"--account {account}" for account in wanted.accounts]
    words += [f"--region {region}" for region in wanted.regions]
    words += [f"--stack {stack}" for stack in wanted.stacks]
    words += ["--all"] if wanted.everything else []
    words += ["--retain"] if wanted.retain else []
    return " ".join(words)

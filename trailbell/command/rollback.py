"""``trailbell rollback``: show what a rollback does, confirm, roll back, follow."""

import click

from trailbell.command.option import examples, is_not_interactive, json_option, option
from trailbell.command.options import YES, StackOptions, location_options
from trailbell.command.output import print_lines
from trailbell.command.suggestions import suggest_stacks
from trailbell.command.terminal import Terminal, print_results
from trailbell.deploy import rollback
from trailbell.deploy.delete_stack import interrupted
from trailbell.deploy.run_rollback import RollbackPlan
from trailbell.deploy.session import open_session


@click.command(
    "rollback",
    epilog=examples(
        "rollback alerts",
        "rollback alerts --skip-resource HighTopic",
        "rollback alerts --skip-resource alerts-Nested-1ABC.HighTopic --yes",
    ),
)
@click.argument("stack", shell_complete=suggest_stacks)
@location_options
@option(
    "--skip-resource",
    "skip",
    multiple=True,
    metavar="ID",
    help=(
        "Logical id of a resource that the failed rollback skips; NestedStackName.ID in a nested "
        "stack. Can be repeated."
    ),
)
@option(
    "--service-role",
    default="",
    metavar="ARN",
    help="ARN of the service role to roll back with. Default: the role that the stack has.",
)
@YES
@option(
    "--confirm",
    "confirmed",
    metavar="NAME",
    help=(
        "Confirm the deletion of a stack that was never complete, by giving the CloudFormation "
        "stack name. Required for such a stack in a shell that is not interactive."
    ),
)
@json_option("the result")
def command(
    options: StackOptions,
    stack: str,
    skip: tuple[str, ...],
    service_role: str,
    confirmed: str | None,
    *,
    yes: bool,
    as_json: bool,
) -> int:
    """Roll back STACK after a failed operation, or continue a rollback that failed.

    STACK is a name in dist/ or of a CloudFormation stack. A stack that was never complete is
    deleted. Exit codes: 0 success, 1 if the rollback failed, 2 if there is nothing to roll back.
    """
    work = options.select(())
    reference, terminal = work.reference(stack), Terminal(yes=yes, quiet=as_json)
    session = open_session(work.environment)
    plan = rollback.plan_rollback(session, reference, skip, service_role)
    print_lines(rollback.to_lines(plan), err=as_json)
    if not _is_confirmed(plan, confirmed, terminal):
        click.echo("Not confirmed. Nothing was changed.", err=True)
        return 1
    try:
        result = rollback.roll_back(session, plan, reference, terminal)
    except KeyboardInterrupt:
        raise interrupted(session, plan.stack) from None
    print_results([result], "json" if as_json else "text")
    return 0 if result.status.succeeded else 1


def _is_confirmed(plan: RollbackPlan, confirmed: str | None, terminal: Terminal) -> bool:
    """Ask; for a stack that is deleted, for its name."""
    name = plan.stack.name
    if plan.deletes_stack:
        if confirmed is None and not terminal.interactive():
            raise is_not_interactive(f"Confirm the deletion with --confirm {name}.")
        return terminal.confirm_name(name, "") if confirmed is None else confirmed == name
    if not terminal.yes and not terminal.interactive():
        raise is_not_interactive("Confirm with --yes.")
    return terminal.confirm(f"Roll back {name}?")

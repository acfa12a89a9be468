"""``trailbell delete``: show what is deleted and what is retained, confirm, delete."""

import click

from trailbell.command.option import examples, is_not_interactive, json_option, option
from trailbell.command.options import StackOptions, location_options
from trailbell.command.output import print_lines
from trailbell.command.suggestions import suggest_stacks
from trailbell.command.terminal import Terminal, print_results
from trailbell.deploy import deletion
from trailbell.deploy.delete_stack import interrupted
from trailbell.deploy.deletion import DeletionOptions
from trailbell.deploy.session import open_session


@click.command(
    "delete",
    epilog=examples(
        "delete tamper",
        "delete security-alerts --disable-termination-protection --confirm security-alerts",
        "delete alerts --retain LogBucket",
    ),
)
@click.argument("stack", shell_complete=suggest_stacks)
@location_options
@option(
    "--confirm",
    "confirmed",
    metavar="NAME",
    help=(
        "Confirm the deletion by giving the CloudFormation stack name. Required in a shell that is "
        "not interactive."
    ),
)
@option(
    "--disable-termination-protection",
    "unprotect",
    former=("--unprotect",),
    is_flag=True,
    help="Disable termination protection first.",
)
@option(
    "--retain",
    multiple=True,
    metavar="ID",
    help=("Logical id of a resource to keep, in a stack whose deletion failed. Can be repeated."),
)
@option(
    "--force",
    is_flag=True,
    help=("Delete a stack whose deletion failed, and keep the resources that cannot be deleted."),
)
@option(
    "--service-role",
    default="",
    metavar="ARN",
    help="ARN of the service role to delete with. Default: the role that the stack has.",
)
@json_option("the result")
def command(
    options: StackOptions,
    stack: str,
    confirmed: str | None,
    retain: tuple[str, ...],
    service_role: str,
    *,
    unprotect: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Show which resources of STACK will be deleted and which retained, and which stacks import
    from it, ask for the stack name, and delete the stack.

    STACK is a name in dist/ or of a CloudFormation stack.
    """
    if retain and force:
        raise click.UsageError("--retain and --force cannot be combined.")
    work = options.select(())
    reference, terminal = work.reference(stack), Terminal(quiet=as_json)
    session = open_session(work.environment)
    how = DeletionOptions(unprotect=unprotect, retain=retain, force=force, role=service_role)
    plan = deletion.plan_deletion(session, reference, how)
    print_lines(deletion.to_lines(plan), err=as_json)
    deletion.check_deletable(plan)
    if confirmed is None and not terminal.interactive():
        raise is_not_interactive(f"Confirm with --confirm {reference.name}.")
    if not _is_confirmed(reference.name, confirmed, terminal):
        click.echo("The name does not match. Nothing was deleted.", err=True)
        return 1
    try:
        result = deletion.delete(session, plan, reference, terminal)
    except KeyboardInterrupt:
        raise interrupted(session, plan.stack) from None
    print_results([result], "json" if as_json else "text")
    return 0 if result.status.succeeded else 1


def _is_confirmed(name: str, confirmed: str | None, terminal: Terminal) -> bool:
    return terminal.confirm_name(name, "") if confirmed is None else confirmed == name

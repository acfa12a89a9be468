"""``trailbell follow``: follow a stack operation."""

import click

from trailbell.command.option import examples, json_option
from trailbell.command.options import StackOptions, location_options
from trailbell.command.suggestions import suggest_stacks
from trailbell.command.terminal import Terminal, print_results
from trailbell.deploy.follow import follow_stack
from trailbell.deploy.session import open_session
from trailbell.errors import DeploymentInterruptedError


@click.command(
    "follow", epilog=examples("follow alerts", "follow my-stack --region eu-central-1 --json")
)
@click.argument("stack", shell_complete=suggest_stacks)
@location_options
@json_option("the result")
def command(options: StackOptions, stack: str, *, as_json: bool) -> int:
    """Show the events of STACK until its current operation ends.

    STACK is a name in dist/ or of a CloudFormation stack. Exit codes: 0 success, 1 if the operation
    failed.
    """
    work = options.select(())
    session = open_session(work.environment)
    try:
        result = follow_stack(session, work.reference(stack), Terminal())
    except KeyboardInterrupt:
        raise DeploymentInterruptedError((stack,)) from None
    print_results([result], "json" if as_json else "text")
    return 0 if result.status.succeeded else 1

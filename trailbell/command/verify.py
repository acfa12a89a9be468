"""``build.py verify``: compare deployed resources with their templates."""

import json
from dataclasses import asdict

import click

from trailbell.command.option import examples, json_option, option
from trailbell.command.options import StackOptions, location_options
from trailbell.deploy.session import open_session
from trailbell.deploy.verify import Discrepancy, verify
from trailbell.wording import pluralize


@click.command(
    "verify", epilog=examples("verify security-alerts", "verify alerts tamper --no-drift --json")
)
@click.argument("stacks", nargs=-1, required=True)
@location_options
@option("--drift/--no-drift", "drift", default=True, help="Detect drift (default), or skip it.")
@json_option("the problems")
def command(options: StackOptions, stacks: tuple[str, ...], *, drift: bool, as_json: bool) -> int:
    """Compare the deployed resources of STACKS with their templates, and check that events,
    notifications and keys work.

    Exit codes: 0 no problems, 1 problems, which are listed.
    """
    work = options.select(stacks)
    session = open_session(work.environment)
    problems = {
        stack.stack: verify(session, stack.name, stack.source, drift=drift)
        for stack in work.stacks_to_deploy()
    }
    if as_json:
        data = {stack: [asdict(problem) for problem in found] for stack, found in problems.items()}
        click.echo(json.dumps(data, indent=2))
    else:
        for stack, found in problems.items():
            click.echo(f"{stack}: {pluralize(len(found), 'problem') if found else 'OK'}")
            for problem in found:
                click.echo(f"  {_line(problem)}")
    return 1 if any(problems.values()) else 0


def _line(problem: Discrepancy) -> str:
    return f"{problem.logical_id}: {problem.text}" if problem.logical_id else problem.text

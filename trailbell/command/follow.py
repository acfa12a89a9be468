"""``build.py follow``: watch what goes on with a stack."""

from pathlib import Path
from typing import Any

import click

from trailbell.command.options import Terminal, overrides, select_stacks, where
from trailbell.deploy import result_report
from trailbell.deploy.follow import follow_stack
from trailbell.deploy.session import open_session
from trailbell.errors import DeploymentInterruptedError


@click.command("follow")
@click.argument("stack")
@where
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(
    stack: str, environment: str, file: Path | None, folder: Path, *, as_json: bool, **words: Any
) -> int:
    """Show what happens to STACK until it is at rest: its name in dist/, or in AWS.

    Exit code 1 if the last operation failed.
    """
    work = select_stacks((), environment, file, folder, overrides(words))
    here = open_session(work.environment)
    try:
        result = follow_stack(here, work.named(stack), Terminal())
    except KeyboardInterrupt:
        raise DeploymentInterruptedError((stack,)) from None
    click.echo((result_report.to_json if as_json else result_report.to_text)([result]), nl=False)
    return 0 if result.status.succeeded else 1

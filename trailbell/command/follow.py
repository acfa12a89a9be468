"""``build.py follow``: watch what goes on with a stack."""

from pathlib import Path
from typing import Any

import click

from trailbell.command.options import Terminal, chosen, overrides, where
from trailbell.deploy import result_report
from trailbell.deploy.follow import watch
from trailbell.deploy.session import desk
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
    work = chosen((), environment, file, folder, overrides(words))
    here = desk(work.environment)
    try:
        result = watch(here, work.named(stack), Terminal())
    except KeyboardInterrupt:
        raise DeploymentInterruptedError((stack,)) from None
    click.echo((result_report.as_json if as_json else result_report.text)([result]), nl=False)
    return 0 if result.status.good else 1

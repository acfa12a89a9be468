"""``build.py delete``: show what goes and what stays, ask for the name, delete."""

from pathlib import Path
from typing import Any

import click

from trailbell.command.options import Terminal, overrides, select_stacks, where
from trailbell.deploy import deletion, result_report
from trailbell.deploy.session import open_session
from trailbell.errors import DeploymentInterruptedError


@click.command("delete")
@click.argument("stack")
@where
@click.option("--confirm", "typed", metavar="NAME", help="The stack's name in AWS, typed ahead.")
@click.option("--unprotect", is_flag=True, help="Switch termination protection off first.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(
    stack: str,
    environment: str,
    file: Path | None,
    folder: Path,
    typed: str | None,
    *,
    unprotect: bool,
    as_json: bool,
    **words: Any,
) -> int:
    """Delete STACK: its name in dist/, or in AWS. Shows first what goes and what stays."""
    work = select_stacks((), environment, file, folder, overrides(words))
    named, voice = work.named(stack), Terminal(quiet=as_json)
    here = open_session(work.environment)
    found = deletion.plan_deletion(here, named.name)
    told = deletion.to_text(found)
    click.echo(told, err=as_json)
    if typed is None and not voice.interactive():
        raise click.UsageError(f"nobody can be asked here; say --confirm {named.name}")
    deletion.check_deletable(found, unprotect=unprotect)
    if typed != named.name and (typed is not None or not voice.confirm_name(named.name, "")):
        click.echo(f"that is not {named.name}; nothing was deleted", err=True)
        return 1
    try:
        result = deletion.delete(here, found, named, voice)
    except KeyboardInterrupt:
        raise DeploymentInterruptedError((named.name,)) from None
    click.echo((result_report.to_json if as_json else result_report.to_text)([result]), nl=False)
    return 0 if result.status.succeeded else 1

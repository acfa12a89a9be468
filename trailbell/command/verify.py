"""``build.py verify``: read back what is deployed."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from trailbell.command.options import overrides, select_stacks, where
from trailbell.deploy.session import open_session
from trailbell.deploy.verify import verify


@click.command("verify")
@click.argument("stacks", nargs=-1, required=True)
@where
@click.option("--drift/--no-drift", default=True, help="Whether to look for drift.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(
    stacks: tuple[str, ...],
    environment: str,
    file: Path | None,
    folder: Path,
    *,
    drift: bool,
    as_json: bool,
    **words: Any,
) -> int:
    """Read back what is deployed of STACKS; exit 1 with a list of what is not as it should be."""
    work = select_stacks(stacks, environment, file, folder, overrides(words))
    here = open_session(work.environment)
    found = {
        target.stack: verify(here, target.name, target.source, drift=drift)
        for target in work.stacks_to_deploy()
    }
    if as_json:
        told = {stack: [asdict(fault) for fault in faults] for stack, faults in found.items()}
        click.echo(json.dumps(told, indent=2))
    else:
        for stack, faults in found.items():
            click.echo(f"{stack}: {f'{len(faults)} to mend' if faults else 'all as it should be'}")
            for fault in faults:
                about = f"{fault.logical_id}: " if fault.logical_id else ""
                click.echo(f"  {about}{fault.text}")
    return 1 if any(found.values()) else 0

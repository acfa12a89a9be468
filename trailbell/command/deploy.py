"""``build.py deploy``: create a change set, show it, ask, execute it, follow it."""

from pathlib import Path
from typing import Any

import click

from trailbell.command.options import SelectedStacks, Terminal, how, overrides, select_stacks, shape
from trailbell.command.options import where as where_
from trailbell.command.plan import risks
from trailbell.deploy import apply, dependencies, result_report, reviewed
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import CommandLineSettings
from trailbell.deploy.execute import StackResult, exit_code
from trailbell.deploy.session import open_session
from trailbell.deploy.target import check_alternatives
from trailbell.diff.model import Risk

_SHAPES = {
    "text": result_report.to_text,
    "json": result_report.to_json,
    "markdown": result_report.to_markdown,
}


@click.command("deploy")
@click.argument("stacks", nargs=-1)
@where_
@how
@click.option("-y", "--yes", is_flag=True, help="Execute without asking.")
@click.option("--no-execute", is_flag=True, help="Leave the change set for review.")
@click.option("--execute", "arn", metavar="ARN", help="Execute a reviewed change set.")
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), help="Apply a plan saved by plan -o."
)
@click.option("--fail-on", metavar="RISKS", help="Out of replace,remove,widen,gap.")
@click.option(
    "--delete-failed-stack",
    "delete_failed",
    multiple=True,
    metavar="NAME",
    help="Delete this stack first if its creation failed and it holds resources. Repeatable.",
)
@click.option("--continue-rollback", is_flag=True, help="Of a stack in UPDATE_ROLLBACK_FAILED.")
@click.option("--revert-drift", is_flag=True, help="Put back what drifted.")
@click.option("--import-existing", is_flag=True, help="Adopt resources that exist by name.")
@click.option(
    "--previous-parameters/--no-previous-parameters",
    "previous",
    default=True,
    help="Keep the values of parameters that are not given. Default: keep.",
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("--markdown", "as_markdown", is_flag=True, help="For a pull request.")
def command(
    stacks: tuple[str, ...],
    environment: str,
    file: Path | None,
    folder: Path,
    arn: str | None,
    plan_file: Path | None,
    fail_on: str | None,
    delete_failed: tuple[str, ...],
    *,
    yes: bool,
    no_execute: bool,
    continue_rollback: bool,
    revert_drift: bool,
    import_existing: bool,
    previous: bool,
    as_json: bool,
    as_markdown: bool,
    **words: Any,
) -> int:
    """Deploy STACKS by change set: show the plan, ask, execute exactly that, follow it.

    Where nobody can be asked, --yes executes and --no-execute leaves it for review.
    """
    if sum((bool(stacks), arn is not None, plan_file is not None)) != 1:
        raise click.UsageError("name stacks, or --execute ARN, or --plan FILE")
    gates, form = risks(fail_on), shape(as_json=as_json, as_markdown=as_markdown)
    voice = Terminal(yes=yes, quiet=form != "text")
    if not (yes or no_execute) and not voice.interactive():
        raise click.UsageError("nobody can be asked here; say --yes, or --no-execute")
    work = select_stacks(stacks, environment, file, folder, _placed(overrides(words), arn))
    if arn is not None or plan_file is not None:
        results = _reviewed(work, arn, plan_file, gates, voice)
    else:
        check_alternatives(work.sources)
        wishes = DeployOptions(
            revert_drift=revert_drift,
            import_existing=import_existing,
            previous_parameters=previous,
            continue_rollback=continue_rollback,
            delete_failed=frozenset(delete_failed),
            review=no_execute,
        )
        targets, waits = (
            work.stacks_to_deploy(),
            dependencies.dependencies(work.sources, work.environment),
        )
        results = apply.apply(open_session(work.environment), targets, waits, wishes, gates, voice)
    click.echo(_SHAPES[form](results), nl=False)
    return exit_code(results)


def _placed(said: CommandLineSettings, arn: str | None) -> CommandLineSettings:
    """An ARN says its Region by itself."""
    if arn is None:
        return said
    parts = arn.split(":")
    if len(parts) < 6 or parts[2] != "cloudformation" or not parts[5].startswith("changeSet/"):
        raise click.BadParameter(f"{arn!r} is not the ARN of a change set", param_hint="--execute")
    return CommandLineSettings(**(vars(said) | {"region": parts[3]}))


def _reviewed(
    work: SelectedStacks,
    arn: str | None,
    plan_file: Path | None,
    gates: frozenset[Risk],
    voice: Terminal,
) -> tuple[StackResult, ...]:
    here, targets = open_session(work.environment), work.stacks_to_deploy()
    if arn is not None:
        return (reviewed.execute_change_set(here, arn, targets, gates, voice),)
    return reviewed.apply_saved_plan(here, plan_file or Path(), targets, gates, voice)

"""``build.py plan``: what deploying would do, from the templates or from the account."""

from pathlib import Path
from typing import Any

import click

from trailbell.command import exits
from trailbell.command.options import (
    SHAPES,
    SelectedStacks,
    Terminal,
    how,
    overrides,
    select_stacks,
    shape,
)
from trailbell.command.options import where as where_
from trailbell.deploy import plan_file
from trailbell.deploy.target import check_alternatives
from trailbell.diff import templates
from trailbell.diff.model import DeployPlan, Gate, Risk, gate
from trailbell.dist.built_templates import baseline
from trailbell.lazy_import import lazy_import


def risks(text: str | None) -> frozenset[Risk]:
    """``replace,gap`` as risks. Raises click's usage error."""
    found = set()
    for word in (text or "").replace(" ", "").split(","):
        if word and word not in list(Risk):
            raise click.BadParameter(f"{word!r}; out of {', '.join(Risk)}", param_hint="--fail-on")
        if word:
            found.add(Risk(word))
    return frozenset(found)


@click.command("plan")
@click.argument("stacks", nargs=-1)
@where_
@how
@click.option(
    "--against",
    metavar="REV|FILE|DIR",
    default="HEAD",
    help=(
        "Compare with a commit, a template or another folder of templates; not with --account. "
        "Default: HEAD."
    ),
)
@click.option(
    "--account",
    "live",
    is_flag=True,
    help="Ask the account, by a change set that is removed again unless -o keeps it.",
)
@click.option(
    "--revert-drift",
    is_flag=True,
    help="Put back what was changed by hand; with --account.",
)
@click.option(
    "--import-existing",
    is_flag=True,
    help="Take resources of the same name that exist into the stack; with --account.",
)
@click.option(
    "--previous-parameters/--no-previous-parameters",
    "previous",
    default=True,
    help="Keep the values of parameters that are not given, with --account. Default: keep.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the plan as Markdown.")
@click.option("--exit-code", is_flag=True, help=exits.HELP)
@click.option(
    "--fail-on",
    metavar="RISKS",
    help="Block on these, out of replace,remove,widen,gap. Without --exit-code, exit 1 if blocked.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Save the plan to this file.")
def command(
    stacks: tuple[str, ...],
    environment: str,
    file: Path | None,
    folder: Path,
    against: str,
    output: Path | None,
    fail_on: str | None,
    *,
    live: bool,
    revert_drift: bool,
    import_existing: bool,
    previous: bool,
    as_json: bool,
    as_markdown: bool,
    exit_code: bool,
    **words: Any,
) -> int:
    """Show what deploying STACKS, or all of them, would do. Nothing is changed.

    Without --account no account is asked: dist/ is compared with the last commit's. A plan saved
    by --account -o FILE keeps its change set, to be executed by: deploy --plan FILE
    """
    gates = risks(fail_on)
    as_text = SHAPES[shape(as_json=as_json, as_markdown=as_markdown)]
    work = select_stacks(stacks, environment, file, folder, overrides(words))
    if live:
        check_alternatives(work.sources)
        preview = lazy_import("trailbell.deploy.live_plan")
        wishes = lazy_import("trailbell.deploy.change_set").DeployOptions(
            revert_drift=revert_drift,
            import_existing=import_existing,
            previous_parameters=previous,
            review=output is not None,
        )
        plan: DeployPlan = preview.plan_from_account(
            work.environment,
            work.stacks_to_deploy(),
            wishes,
            Terminal(),
            keep_change_sets=output is not None,
        )
    else:
        plan = _offline(work, against, folder)
    click.echo(as_text(plan), nl=False)
    if output is not None:
        plan_file.write(output, plan)
    return _exit_code(gate(plan, gates), strict=exit_code, gated=bool(gates))


def _offline(work: SelectedStacks, against: str, folder: Path) -> DeployPlan:
    found = baseline(against, folder, [source.stack for source in work.sources])
    region = work.environment.region
    return DeployPlan(
        tuple(
            templates.plan_from_templates(
                source, found.documents.get(source.stack), found.name, region=region
            )
            for source in work.sources
        )
    )


def _exit_code(found: Gate, *, strict: bool, gated: bool) -> int:
    """A blocked plan is a finding for who gates it; changes are told for ``--exit-code`` alone."""
    if strict:
        return exits.exit_code(changes=found is Gate.CHANGES, blocked=found is Gate.BLOCKED)
    return 1 if found is Gate.BLOCKED and gated else 0

"""``trailbell diff-baseline``: what an upgrade changes."""

from collections.abc import Iterable, Iterator, Mapping

import click

from trailbell import __version__
from trailbell.build.omitted_exports import omitted_exports
from trailbell.command import exits
from trailbell.command.dist_folder import dist_folder
from trailbell.command.option import examples, json_option, option, output_format
from trailbell.command.output import print_lines, print_text
from trailbell.command.progress import progress
from trailbell.command.project import load_project
from trailbell.compiler.compile import CompiledStack, compile_stack
from trailbell.deploy import plan_file
from trailbell.diff import markdown_report, report
from trailbell.diff.model import DeployPlan, Gate, StackPlan, gate
from trailbell.diff.removed_stack import plan_removed_stack
from trailbell.diff.templates import plan_from_templates
from trailbell.dist import manifest
from trailbell.dist.built_templates import BuiltTemplate, load_templates
from trailbell.template import Template
from trailbell.wording import pluralize

_DIST = "dist/"


@click.command("diff-baseline", epilog=examples("diff-baseline", "diff-baseline --markdown"))
@json_option("the plan")
@option("--markdown", "as_markdown", is_flag=True, help="Print the plan as Markdown.")
@option("--exit-code", is_flag=True, help=exits.HELP)
def command(*, as_json: bool, as_markdown: bool, exit_code: bool) -> int:
    """Show what a build with the installed version would change in dist/, and write nothing.

    After an upgrade of Trailbell, before "trailbell build": which detections, stacks and resources
    of the baseline are new, changed or gone, and what that means for deployed stacks. Changes of
    the project itself that are not built yet are part of it.
    """
    output = output_format(as_json=as_json, as_markdown=as_markdown)
    with progress("compiling stacks"):
        project = load_project()
        for error in project.errors:
            raise error
        compiled = [compile_stack(stack, project.catalog) for stack in project.stacks]
        for error in omitted_exports(
            compiled, project.omitted, project.catalog, project.deployed_elsewhere
        ):
            raise error
        before = {t.stack: t.document for t in load_templates(dist_folder(), ())}
        plans = tuple(_plans(compiled, before))
    plan = DeployPlan(plans)
    match output:
        case "json":
            click.echo(plan_file.as_json(plan), nl=False)
        case "markdown":
            click.echo(markdown_report.to_markdown(plan), nl=False)
        case _ if not plans:
            print_text(f"The templates in {_DIST} are what Trailbell {__version__} builds.")
        case _:
            print_lines(report.to_lines(plan))
            changed = pluralize(len(plans), "stack")
            print_text(f'Trailbell {__version__} changes {changed}. "trailbell build" writes it.')
    if not exit_code:
        return 0
    result = gate(plan, frozenset())
    return exits.exit_code(changes=bool(plans), blocked=result is Gate.BLOCKED)


def _plans(
    compiled: Iterable[CompiledStack], before: Mapping[str, Template]
) -> Iterator[StackPlan]:
    """A plan for each stack that differs from the one in ``dist/``, or is not there any more."""
    after = {each.stack.name: each for each in compiled}
    for name, each in after.items():
        if each.document != before.get(name):
            yield plan_from_templates(_template(each), before.get(name), _DIST)
    for name in sorted(before.keys() - after.keys()):
        yield plan_removed_stack(name, before[name], _DIST)


def _template(compiled: CompiledStack) -> BuiltTemplate:
    """What ``dist/`` would have of a stack."""
    stack = compiled.stack
    return BuiltTemplate(
        stack=stack.name,
        instead_of=stack.alternative_to,
        text=compiled.json,
        document=compiled.document,
        sha256=manifest.describe_file(f"{stack.name}.json", compiled.json).sha256,
        source_lines={
            name: compiled.source_lines[("Resources", name)]
            for name in compiled.document["Resources"]
            if ("Resources", name) in compiled.source_lines
        },
    )

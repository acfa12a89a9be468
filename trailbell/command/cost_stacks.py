"""
Which stacks an estimate is of, and with which parameters.

In:    ``--stack``, the environment of ``trailbell.toml``, ``dist/``.
Out:   the stacks, why these, and their templates with the values of parameters.
Never: two stacks that are alternatives, or a call to AWS.
"""

from pathlib import Path

import click

from trailbell import settings
from trailbell.command.options import SelectedStacks, StackOptions
from trailbell.cost.fixed_costs import evaluator
from trailbell.cost.scope import PlacedTemplate
from trailbell.cost.template_use import use_of
from trailbell.deploy.environment import StackOutput, read_environment
from trailbell.deploy.target import StackToDeploy, check_alternatives, resolve_stacks
from trailbell.dist import manifest
from trailbell.dist.built_templates import BuiltTemplate, load_templates
from trailbell.template.evaluate import UNKNOWN


def choose_stacks(options: StackOptions, stacks: tuple[str, ...]) -> tuple[SelectedStacks, str]:
    """The stacks, and why these. Raises `InputError`s."""
    if stacks:
        names, why = stacks, "as given with --stack"
    else:
        templates = load_templates(options.dist_dir, ())
        names, why = _configured(options, templates) or _with_alarms(templates)
    work = options.select(names, needs_environment=False)
    check_alternatives(work.selected)
    return work, why


def _configured(
    options: StackOptions, templates: tuple[BuiltTemplate, ...]
) -> tuple[tuple[str, ...], str] | None:
    """The stacks that the environment configures; None if it configures none."""
    known = [each.stack for each in templates]
    table = settings.load(options.settings_path)
    environment = read_environment(table, options.environment_name, known, is_required=False)
    names = tuple(name for name in known if name in environment.stacks)
    why = f"those of environment.{environment.name} in {table.file}; --stack chooses others"
    return (names, why) if names else None


def _with_alarms(templates: tuple[BuiltTemplate, ...]) -> tuple[tuple[str, ...], str]:
    names = tuple(each.stack for each in templates if _is_default(each))
    if not names:
        raise click.UsageError("No stack has alarms for detections. Name stacks with --stack.")
    return (
        names,
        "all that have alarms for detections, without alternatives; --stack chooses others",
    )


def _is_default(template: BuiltTemplate) -> bool:
    """Whether a stack has alarms for detections, and is no alternative to another one."""
    return not template.instead_of and bool(use_of(evaluator(template.document, {})).alarms)


def placed_templates(work: SelectedStacks, dist_dir: Path) -> list[PlacedTemplate]:
    entries = manifest.read(dist_dir).stacks
    targets = resolve_stacks(work.templates, work.selected, work.environment)
    return [_place(target, entries[target.stack].where) for target in targets]


def _place(target: StackToDeploy, where: str) -> PlacedTemplate:
    values = target.options.parameters
    return PlacedTemplate(
        stack=target.stack,
        template=target.source.document,
        where=where,
        parameters={n: v if isinstance(v, str) else UNKNOWN for n, v in values.items()},
        uses=frozenset(v.stack for v in values.values() if isinstance(v, StackOutput)),
    )

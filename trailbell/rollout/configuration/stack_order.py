"""
What the templates say about the stacks of a rollout: their parameters, and their order.

In:    a `Rollout` as the settings have it, and the templates of its stacks.
Out:   the same in deployment order, each stack with its own parameters and its dependencies.
Never: the order of the settings where the exports and imports of the templates need another one;
       nor a dependency between stacks that no account and Region has both of.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from trailbell.deploy import parameters
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import ContentError, SettingsError
from trailbell.rollout.configuration.config import Rollout, RolloutConfig
from trailbell.rollout.configuration.parameters import stack_set_parameters
from trailbell.template.evaluate import UNKNOWN, Marker, Scope
from trailbell.template.exports import ExportNames, batches, export_names
from trailbell.template.resources import secret_parameters, section

MAX_DEPENDENCIES = 10
"""StackSets that a StackSet can depend on in automatic deployment.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
"""


def with_templates(
    rollout: Rollout,
    templates: Mapping[str, BuiltTemplate],
    push_secrets: tuple[str, ...] = (),
) -> Rollout:
    """The rollout in deployment order; each stack gets those of ``push_secrets`` that it declares.

    Raises `SettingsError` for a shared parameter that no stack declares, for stacks that export
    the same name, and for circular dependencies.
    """
    _check_shared_parameters(rollout, templates)
    _check_secrets(rollout, templates, push_secrets)
    stack_sets = {
        each.stack: _with_own_parameters(each, templates[each.stack], push_secrets)
        for each in rollout.stack_sets
    }
    names = {stack: all_names(each, templates[stack]) for stack, each in stack_sets.items()}
    requires = _requirements(rollout, names)
    try:
        batches(requires)
    except ContentError as error:
        raise SettingsError(
            rollout.shared.origin, "stacks", error.problem, "roll them out separately"
        ) from error
    _check_dependencies(rollout, requires)
    ordered = _deployment_order(requires)
    return Rollout(stack_sets=tuple(stack_sets[stack] for stack in ordered), requires=requires)


def _deployment_order(requires: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The stacks in the order of the settings, except that each comes after those it requires.

    Dependencies are not circular.
    """
    ordered: dict[str, None] = {}
    while len(ordered) < len(requires):
        ready = (stack for stack in requires if requires[stack] <= ordered.keys())
        ordered[next(stack for stack in ready if stack not in ordered)] = None
    return tuple(ordered)


def evaluated_names(
    config: RolloutConfig, template: BuiltTemplate, account: str, pseudo: Mapping[str, str]
) -> ExportNames:
    """The names that the stack of a rollout exports and imports in one place.

    ``account`` selects parameter overrides. StackSets chooses the name of a stack, so it is
    unknown unless ``pseudo`` has it, as are the values of NoEcho parameters.
    """
    values: dict[str, str | Marker] = dict(stack_set_parameters(config, template.document))
    values |= config.parameter_overrides.get(account, {})
    values |= dict.fromkeys(secret_parameters(template.document), UNKNOWN)
    return export_names(template.document, Scope(parameters=values, pseudo=pseudo))


def _check_shared_parameters(rollout: Rollout, templates: Mapping[str, BuiltTemplate]) -> None:
    declared = {stack: section(templates[stack].document, "Parameters") for stack in rollout.stacks}
    known = tuple(dict.fromkeys(name for each in declared.values() for name in each))
    for name in sorted({name for each in rollout.stack_sets for name in each.shared}):
        if name not in known:
            problem = "no stack of the rollout has this parameter"
            raise parameters.unknown_parameter(rollout.shared.origin, name, problem, known)


def _check_secrets(
    rollout: Rollout, templates: Mapping[str, BuiltTemplate], push_secrets: tuple[str, ...]
) -> None:
    secrets = frozenset[str]().union(
        *(secret_parameters(templates[stack].document) for stack in rollout.stacks)
    )
    for name in push_secrets:
        if name not in secrets:
            problem, known = "is no NoEcho parameter", tuple(sorted(secrets))
            raise SettingsError("--push-secret", name, problem, "correct it", known, name)


def _with_own_parameters(
    config: RolloutConfig, template: BuiltTemplate, push_secrets: tuple[str, ...]
) -> RolloutConfig:
    """The stack without shared parameters and secrets that its template does not declare."""
    others = config.shared - section(template.document, "Parameters").keys()

    def own(values: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in values.items() if name not in others}

    secrets = secret_parameters(template.document)
    return replace(
        config,
        parameters=own(config.parameters),
        parameter_overrides={
            account: own(each)
            for account, each in config.parameter_overrides.items()
            if own(each) or not each
        },
        push_secrets=tuple(name for name in push_secrets if name in secrets),
    )


def all_names(config: RolloutConfig, template: BuiltTemplate) -> ExportNames:
    """The names of a stack with each of the parameter overrides, and in each Region."""
    found = [
        evaluated_names(config, template, account, {"AWS::Region": region})
        for account in config.accounts_by_values
        for region in config.regions
    ]
    return ExportNames(
        exports=_union(each.exports for each in found),
        imports=_union(each.imports for each in found),
        unknown_exports=_union(each.unknown_exports for each in found),
        unknown_imports=_union(each.unknown_imports for each in found),
    )


def _union(names: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(name for each in names for name in each)


def _requirements(rollout: Rollout, names: Mapping[str, ExportNames]) -> dict[str, frozenset[str]]:
    """The stacks that each stack imports from. A name that is unknown is compared by its text."""
    exporters: dict[str, list[RolloutConfig]] = {}
    for config in rollout.stack_sets:
        own = names[config.stack]
        for name in sorted(own.exports):
            for other in exporters.get(name, ()):
                if other.overlaps(config) and name in names[other.stack].exports:
                    raise _exported_twice(rollout, other.stack, config.stack, name)
        for name in own.exports | own.unknown_exports:
            exporters.setdefault(name, []).append(config)
    return {
        config.stack: frozenset(_exporters(config, names[config.stack], exporters))
        for config in rollout.stack_sets
    }


def _exported_twice(rollout: Rollout, stack: str, other: str, name: str) -> SettingsError:
    return SettingsError(
        rollout.shared.origin,
        "stacks",
        f'"{stack}" and "{other}" both export "{name}", and an account and Region has it once',
        "remove one of them, or give one another value for the parameter of the name",
    )


def _exporters(
    config: RolloutConfig, names: ExportNames, exporters: Mapping[str, list[RolloutConfig]]
) -> Iterator[str]:
    for name in names.imports | names.unknown_imports:
        for exporter in exporters.get(name, ()):
            if exporter.stack != config.stack and exporter.overlaps(config):
                yield exporter.stack


def _check_dependencies(rollout: Rollout, requires: Mapping[str, frozenset[str]]) -> None:
    """Check that automatic deployment can depend on so many StackSets."""
    for config in rollout.stack_sets:
        automatic = config.auto_deployment
        required = requires[config.stack]
        followed = (each.stack for each in rollout.stack_sets if each.auto_deployment.enabled)
        count = len(required.intersection(followed)) + len(automatic.after)
        if automatic.enabled and count > MAX_DEPENDENCIES:
            raise SettingsError(
                config.origin,
                "auto_deployment",
                f'the StackSet of "{config.stack}" would depend on {count} others',
                f"AWS accepts {MAX_DEPENDENCIES} in automatic deployment",
            )

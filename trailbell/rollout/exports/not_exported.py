"""
The error about imports that nothing exports, and what to do about them.

In:    the imports of a rollout that nothing exports, the templates of ``dist/``.
Out:   one `PreconditionError` about all stacks, with the parameter to correct or the stack to add.
Never: a call, or advice that leads to the next error where the templates show it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from trailbell.aws.stack_set import AccountRegion
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError
from trailbell.rollout.configuration.config import Rollout, RolloutConfig
from trailbell.rollout.configuration.parameters import stack_set_parameters
from trailbell.rollout.configuration.stack_order import all_names, evaluated_names
from trailbell.rollout.exports.imports import Import
from trailbell.template.resources import section
from trailbell.wording import pluralize

_MAX_LISTED = 10

Missing = Mapping[Import, tuple[AccountRegion, ...]]


def not_exported(
    rollout: Rollout, templates: Mapping[str, BuiltTemplate], missing: Missing
) -> PreconditionError:
    """The error about all stacks of the rollout that import what nothing exports."""
    needs = _by_stack(rollout, missing)
    advice = "\n  ".join(_advice(rollout, templates, needs))
    if len(needs) == 1:
        ((stack, names),) = needs.items()
        return PreconditionError(
            f"rollout {rollout.name}, stack {stack}",
            f"it imports {_described(names, ', which nothing exports in ')}",
            advice,
        )
    lines = [f"{stack} imports {_described(names, ' in ')}" for stack, names in needs.items()]
    listed = "\n  ".join(lines)
    return PreconditionError(
        f"rollout {rollout.name}", f"stacks import what nothing exports\n  {listed}", advice
    )


def describe_places(places: Sequence[AccountRegion]) -> str:
    """Accounts, and the Regions if they are few."""
    accounts = list(dict.fromkeys(place.account for place in places))
    regions = ", ".join(dict.fromkeys(place.region for place in places))
    more = len(accounts) - _MAX_LISTED
    listed = ", ".join(accounts[:_MAX_LISTED]) + (f" and {more:,} more" if more > 0 else "")
    return f"{pluralize(len(accounts), 'account')} ({listed}), {regions}"


_Needs = Mapping[str, Mapping[str, tuple[AccountRegion, ...]]]
"""By stack, in deployment order, what it imports in vain and where."""


def _by_stack(rollout: Rollout, missing: Missing) -> _Needs:
    needs: dict[str, dict[str, tuple[AccountRegion, ...]]] = {}
    for stack in rollout.stacks:
        for need, places in sorted(missing.items()):
            if need.stack == stack:
                needs.setdefault(stack, {})[need.name] = places
    return needs


def _described(names: Mapping[str, tuple[AccountRegion, ...]], where: str) -> str:
    listed = ", ".join(f'"{name}"' for name in [*names][:_MAX_LISTED])
    more = f" and {len(names) - _MAX_LISTED:,} more" if len(names) > _MAX_LISTED else ""
    places = list(dict.fromkeys(place for each in names.values() for place in each))
    return f"{listed}{more}{where}{describe_places(places)}"


def _advice(
    rollout: Rollout, templates: Mapping[str, BuiltTemplate], needs: _Needs
) -> Iterator[str]:
    """The parameters that differ, else the stack to add, else what could be wrong."""
    configs = {each.stack: each for each in rollout.stack_sets}
    left: dict[str, frozenset[str]] = {}
    for stack, names in needs.items():
        narrowed = dict(_narrowed_exporters(rollout, templates, names))
        for exporter in dict.fromkeys(narrowed.values()):
            yield _same_limits(configs[stack], configs[exporter])
        others = {name: places for name, places in names.items() if name not in narrowed}
        differences = list(_differences(configs[stack], rollout, templates, others))
        yield from {each.exporter: each.text for each in reversed(differences)}.values()
        left[stack] = frozenset(others) - {each.name for each in differences}
    if any(left.values()):
        yield _addition(rollout, templates, left)
        if not rollout.shared.member_read_role:
            yield (
                "If other stacks export them, give member_read_role, the name of a role that may "
                "call cloudformation:ListExports there."
            )


def _narrowed_exporters(
    rollout: Rollout,
    templates: Mapping[str, BuiltTemplate],
    names: Mapping[str, tuple[AccountRegion, ...]],
) -> Iterator[tuple[str, str]]:
    """The names that a stack of the rollout exports, but not in all of these places."""
    for exporter in rollout.stack_sets:
        if exporter.narrowing is None:
            continue
        exports = all_names(exporter, templates[exporter.stack]).exports
        for name, places in names.items():
            if name in exports and not all(
                exporter.may_be_in(each.account) and each.region in exporter.regions
                for each in places
            ):
                yield name, exporter.stack


def _same_limits(importer: RolloutConfig, exporter: RolloutConfig) -> str:
    limits = {"accounts": exporter.only_accounts, "regions": exporter.regions}
    keys = [f"{key} = {json.dumps(values)}" for key, values in limits.items() if values]
    return (
        f"{exporter.stack} exports them only where its settings limit it to; write the same in "
        f"[rollout.{importer.name}.stack.{importer.stack}]: {', '.join(keys)}"
    )


def _addition(
    rollout: Rollout, templates: Mapping[str, BuiltTemplate], needs: Mapping[str, frozenset[str]]
) -> str:
    """The stack of ``dist/`` that exports the most, first those that are no alternative.

    None that exports what a stack of the rollout exports already.
    """
    taken = frozenset[str]().union(
        *(_exports(config, templates[config.stack]) for config in rollout.stack_sets)
    )
    counts = {
        name: sum(
            len(_exports(config, template) & needs.get(config.stack, frozenset()))
            for config in rollout.stack_sets
        )
        for name, template in templates.items()
        if name not in rollout.stacks
        and not any(_exports(config, template) & taken for config in rollout.stack_sets)
    }
    most = max(counts.values(), default=0)
    if not most:
        return "Correct the parameters that the names depend on, or deploy first what exports them."
    exporting = sorted(
        (name for name, count in counts.items() if count == most),
        key=lambda name: templates[name].instead_of != "",
    )
    stacks = ", ".join(f'"{name}"' for name in (exporting[0], *rollout.stacks))
    others = f" (or {', '.join(exporting[1:])})" if exporting[1:] else ""
    return f"Add {exporting[0]}{others} to the rollout: stacks = [{stacks}]"


def _exports(config: RolloutConfig, template: BuiltTemplate) -> frozenset[str]:
    """What a stack would export with the parameters of another one."""
    other = replace(config, stack=template.stack, parameter_overrides={})
    return evaluated_names(other, template, "", {"AWS::Region": config.regions[0]}).exports


# ------------------------------------------------------------------ parameters that differ


@dataclass(frozen=True, kw_only=True)
class _Difference:
    """An import that a stack of the rollout would export with the values of the importer."""

    importer: str
    name: str
    exporter: str
    exported: str
    parameters: tuple[str, ...]

    @property
    def text(self) -> str:
        """What differs, and what to do."""
        differs = "differs" if len(self.parameters) == 1 else "differ"
        return (
            f'{self.importer} imports "{self.name}", {self.exporter} exports "{self.exported}": '
            f"{' and '.join(self.parameters)} {differs}; give both the same value."
        )


def _differences(
    importer: RolloutConfig,
    rollout: Rollout,
    templates: Mapping[str, BuiltTemplate],
    names: Mapping[str, tuple[AccountRegion, ...]],
) -> Iterator[_Difference]:
    for name, (place, *_) in names.items():
        given = _values(importer, templates[importer.stack], place.account)
        for exporter in rollout.stack_sets:
            template = templates[exporter.stack]
            own = _values(exporter, template, place.account)
            differing = {key: given[key] for key in own.keys() & given if given[key] != own[key]}
            for output in section(template.document, "Outputs").values():
                one = replace(template, document={**template.document, "Outputs": {"O": output}})
                exported = _exported(exporter, one, place, {})
                if exported and _exported(exporter, one, place, differing) == name != exported:
                    yield _Difference(
                        importer=importer.stack,
                        name=name,
                        exporter=exporter.stack,
                        exported=exported,
                        parameters=tuple(
                            key
                            for key, value in sorted(differing.items())
                            if _exported(exporter, one, place, {key: value}) != exported
                        ),
                    )


def _values(config: RolloutConfig, template: BuiltTemplate, account: str) -> dict[str, str]:
    overrides = config.parameter_overrides.get(account, {})
    return {**stack_set_parameters(config, template.document), **overrides}


def _exported(
    config: RolloutConfig,
    template: BuiltTemplate,
    place: AccountRegion,
    values: Mapping[str, str],
) -> str:
    """The only name that a stack exports in a place, with other ``values``; empty if unknown."""
    account, region = place
    overrides = {account: {**config.parameter_overrides.get(account, {}), **values}}
    other = replace(config, parameter_overrides=overrides)
    names = evaluated_names(other, template, account, {"AWS::Region": region})
    return "".join(sorted(names.exports)[:1])

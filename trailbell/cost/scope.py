"""
How often a stack is deployed: once for an organization, in each account, or in each Region too.

In:    the stacks that are deployed together, with their parameters and where they can be deployed.
Out:   a `Reach` of each.
Never: a list of stacks. What a template needs and imports decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from trailbell.cost.fixed_costs import evaluator
from trailbell.template import Template
from trailbell.template.evaluate import Marker
from trailbell.template.exports import ExportNames, export_names
from trailbell.template.resources import section

_EVERY_REGION = "any Region"
"""What the manifest says of a stack that can be deployed in more Regions than one."""
_ORGANIZATION = "OrganizationId"


class Reach(IntEnum):
    """Where a stack is deployed, the fewest places first."""

    ORGANIZATION = 1
    ACCOUNT = 2
    REGION = 3

    def times(self, accounts: int, regions: int) -> int:
        """The number of stacks."""
        match self:
            case Reach.ORGANIZATION:
                return 1
            case Reach.ACCOUNT:
                return accounts
            case Reach.REGION:
                return accounts * regions


@dataclass(frozen=True, kw_only=True)
class PlacedTemplate:
    """A template with the values of its parameters; ``where`` is as in the manifest.

    ``uses`` are stacks whose outputs are values of its parameters.
    """

    stack: str
    template: Template
    where: str
    parameters: Mapping[str, str | Marker] = field(default_factory=dict)
    uses: frozenset[str] = frozenset()


def reaches(placed: Sequence[PlacedTemplate]) -> dict[str, Reach]:
    """Where each of these stacks is deployed, by name.

    A stack for an organization is deployed once. Exports are those of an account and Region, so
    that a stack which imports from another one of these is deployed in no other places:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
    """
    names = {each.stack: _names(each) for each in placed}
    uses = {each.stack: each.uses for each in placed}
    found = {each.stack: _own_reach(each) for each in placed}
    changed = True
    while changed:
        changed = False
        for stack, reach in found.items():
            exporters = [
                found[other]
                for other, exported in names.items()
                if other != stack
                and (exported.exports & names[stack].imports or other in uses[stack])
            ]
            if (least := min((reach, *exporters))) != reach:
                found[stack], changed = least, True
    return found


def exporters_first(placed: Sequence[PlacedTemplate]) -> list[PlacedTemplate]:
    """The stacks in their order, but first those that import nothing from the others."""
    names = {each.stack: _names(each) for each in placed}

    def imports(each: PlacedTemplate) -> bool:
        others = [names[other.stack].exports for other in placed if other is not each]
        return bool(names[each.stack].imports & frozenset().union(*others))

    return sorted(placed, key=imports)


def _own_reach(placed: PlacedTemplate) -> Reach:
    declared = section(placed.template, "Parameters").get(_ORGANIZATION)
    if isinstance(declared, Mapping) and _is_given(placed, declared):
        return Reach.ORGANIZATION
    return Reach.REGION if placed.where == _EVERY_REGION else Reach.ACCOUNT


def _is_given(placed: PlacedTemplate, declared: Mapping[str, Any]) -> bool:
    """Whether the stack has the ID of an organization, or needs one."""
    value = placed.parameters.get(_ORGANIZATION, declared.get("Default"))
    return value != ""


def _names(placed: PlacedTemplate) -> ExportNames:
    return export_names(placed.template, evaluator(placed.template, placed.parameters).scope)

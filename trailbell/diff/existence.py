"""
Whether a resource exists: what the conditions of both templates say with known values.

In:    the changes of a plan, and an `Evaluator` of each template with the values of a deployment.
Out:   the changes of resources that exist before or after the deployment.
Never: a guess. A change stays if a condition depends on a value that is not known, or if the
       resource has a physical ID.
"""

from collections.abc import Mapping

from trailbell.diff.model import ResourceChange
from trailbell.template import Template
from trailbell.template.evaluate import UNKNOWN, Evaluator, Marker, Scope
from trailbell.template.resources import resources, secret_parameters


def evaluator_with(
    template: Template, values: Mapping[str, str | Marker], pseudo: Mapping[str, str]
) -> Evaluator:
    """An evaluator with the values that AWS shows. Of a NoEcho parameter, it shows none."""
    hidden = dict.fromkeys(secret_parameters(template), UNKNOWN)
    return Evaluator(template, Scope(parameters={**values, **hidden}, pseudo=pseudo))


def existing_resources(
    changes: tuple[ResourceChange, ...], before: Evaluator, after: Evaluator
) -> tuple[ResourceChange, ...]:
    """Leave out the changes of resources that exist neither before nor after."""
    return tuple(
        change
        for change in changes
        if change.physical_id
        or not _is_declared(change, before, after)
        or _exists(change, before)
        or _exists(change, after)
    )


def _is_declared(change: ResourceChange, *evaluators: Evaluator) -> bool:
    """Whether a template has the resource. One that has not may come from a macro."""
    return any(change.logical_id in resources(each.template) for each in evaluators)


def _exists(change: ResourceChange, evaluator: Evaluator) -> bool:
    """Whether the resource exists, or may exist."""
    resource = resources(evaluator.template).get(change.logical_id)
    return resource is not None and evaluator.exists(resource) is not False

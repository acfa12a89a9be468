"""
The policies of a template, as they are evaluated.

In:    a template; an evaluator for one combination of its conditions.
Out:   where policies are, and their statements.
Never: what they allow.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.proof.encoding import statements_of
from trailbell.template import Template
from trailbell.template.evaluate import Evaluator, is_unknown
from trailbell.template.intrinsics import references
from trailbell.template.policy import POLICIES
from trailbell.template.resources import properties, resources

PERMISSIONS = "Permissions"
"""The property that means all identity policies of a role."""

_OWN = {
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueuePolicy": "Queues",
}
"""The property that names what has the policy; elsewhere it is the resource itself."""


@dataclass(frozen=True, kw_only=True)
class PolicyPlace:
    """A policy in a template. ``parts`` are all values of the template that it depends on."""

    logical_id: str
    resource_type: str
    property: str
    parts: tuple[Any, ...]


def policy_places(template: Template) -> Iterator[PolicyPlace]:
    """The policies of a template, in its order."""
    found = resources(template)
    for logical_id, resource in found.items():
        resource_type = str(resource.get("Type"))
        names = [name for name in POLICIES.get(resource_type, ()) if name in properties(resource)]
        if resource_type == "AWS::IAM::Role":
            names.append(PERMISSIONS)
        if resource_type == "AWS::IAM::ManagedPolicy":
            names.append("PolicyDocument")
        for name in names:
            further = _attached(logical_id, found) if name == PERMISSIONS else []
            yield PolicyPlace(
                logical_id=logical_id,
                resource_type=resource_type,
                property=name,
                parts=tuple(_relevant(part, name) for part in (resource, *further)),
            )


def _attached(role: str, found: Mapping[str, Any]) -> list[Any]:
    """Resources that may add to what a role can do."""
    named = set(references(properties(found[role]).get("ManagedPolicyArns")))
    return [
        resource
        for logical_id, resource in found.items()
        if resource.get("Type") in _ATTACHABLE
        and (logical_id in named or {"Roles", "RoleName"} & properties(resource).keys())
    ]


_ATTACHABLE = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy")


def _relevant(resource: Mapping[str, Any], name: str) -> Any:
    """The parts of a resource that decide its policy."""
    wanted = ("Policies", "ManagedPolicyArns", "PolicyDocument", "Roles", "RoleName")
    given = properties(resource)
    names = wanted if name == PERMISSIONS else (name,)
    kept = {member: given[member] for member in names if member in given}
    condition = {"Condition": resource["Condition"]} if "Condition" in resource else {}
    return {**condition, "Properties": kept}


def evaluated_statements(evaluator: Evaluator, place: PolicyPlace) -> list[Any] | None:
    """The statements of a policy; None if it does not exist. Unknown ones are no mappings."""
    found = resources(evaluator.template)
    resource = found[place.logical_id]
    if evaluator.exists(resource) is False:
        return None
    if place.property == PERMISSIONS:
        return list(_permissions(evaluator, place.logical_id))
    return list(statements_of(evaluator.value(properties(resource).get(place.property))))


def _permissions(evaluator: Evaluator, role: str) -> Iterator[Any]:
    """The statements of inline and attached policies of a role.

    A managed policy outside the template is unknown.
    """
    found = resources(evaluator.template)
    given = properties(found[role])
    inline = evaluator.value(given.get("Policies", []))
    for policy in inline if isinstance(inline, list) else [None]:
        document = policy.get("PolicyDocument") if isinstance(policy, Mapping) else None
        yield from statements_of(document)
    by_arn = {
        evaluator.scope.physical_ids.get(name): name
        for name, resource in found.items()
        if resource.get("Type") == "AWS::IAM::ManagedPolicy"
    }
    attached = evaluator.value(given.get("ManagedPolicyArns", []))
    for arn in attached if isinstance(attached, list) else [None]:
        name = by_arn.get(arn) if isinstance(arn, str) else None
        document = properties(found[name]).get("PolicyDocument") if name else None
        yield from statements_of(evaluator.value(document))
    own_name = evaluator.scope.physical_ids.get(role)
    for resource in found.values():
        if resource.get("Type") in _ATTACHABLE and evaluator.exists(resource) is not False:
            roles = evaluator.value(
                properties(resource).get("Roles") or [properties(resource).get("RoleName")]
            )
            if is_unknown(roles) or own_name in roles:
                yield from statements_of(evaluator.value(properties(resource)["PolicyDocument"]))


def own_arn(evaluator: Evaluator, place: PolicyPlace) -> str | None:
    """The ARN of what has the policy; None if that is not known."""
    found = resources(evaluator.template)
    name = _OWN.get(place.resource_type)
    if name is None:
        return evaluator.scope.attributes.get((place.logical_id, "Arn"))
    value = properties(found[place.logical_id]).get(name)
    first = value[0] if isinstance(value, list) and value else value
    match first:
        case {"Ref": str(other)} | {"Fn::GetAtt": [str(other), _]}:
            return evaluator.scope.attributes.get((other, "Arn"))
        case _:
            return None

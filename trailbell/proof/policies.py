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
from trailbell.template.evaluate import UNKNOWN, Evaluator, is_unknown
from trailbell.template.intrinsics import referenced_id, references
from trailbell.template.policy import POLICIES
from trailbell.template.resources import properties, resources

PERMISSIONS = "Permissions"
"""The property that means all identity policies of a role."""

_OWN = {
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SNS::TopicInlinePolicy": "TopicArn",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SQS::QueueInlinePolicy": "Queue",
}
"""The property that names what has the policy; elsewhere it is the resource itself."""

_SAME = {
    "AWS::SNS::TopicInlinePolicy": "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueueInlinePolicy": "AWS::SQS::QueuePolicy",
}
"""Types that set the same policy as another one, for a single topic or queue."""

_POLICY_OF = {
    "AWS::S3::Bucket": "AWS::S3::BucketPolicy",
    "AWS::SNS::Topic": "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue": "AWS::SQS::QueuePolicy",
}
"""What has its policy in another resource, and the type of that one."""

_IDENTITIES = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_ATTACHABLE = (
    *("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy"),
    *("AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"),
)


@dataclass(frozen=True, kw_only=True)
class PolicyPlace:
    """A policy in a template. ``parts`` are all values of the template that it depends on.

    ``is_missing`` means a bucket, topic or queue as far as it has no policy: ``logical_id`` is
    its own, ``resource_type`` that of a policy.
    """

    logical_id: str
    resource_type: str
    property: str
    parts: tuple[Any, ...]
    is_missing: bool = False


def policy_places(template: Template) -> Iterator[PolicyPlace]:
    """The policies of a template, in its order."""
    found = resources(template)
    for logical_id, resource in found.items():
        resource_type = str(resource.get("Type"))
        given = properties(resource)
        names = [name for name in POLICIES.get(resource_type, ()) if name in given]
        if resource_type == "AWS::IAM::Role" or (
            resource_type in _IDENTITIES and {"Policies", "ManagedPolicyArns"} & given.keys()
        ):
            names.append(PERMISSIONS)
        if resource_type in _ATTACHABLE and not _of_roles_here(resource, found):
            names.append("PolicyDocument")
        for name in names:
            further = _attached(logical_id, found) if name == PERMISSIONS else []
            yield PolicyPlace(
                logical_id=logical_id,
                resource_type=_SAME.get(resource_type, resource_type),
                property=name,
                parts=tuple(_relevant(part, name) for part in (resource, *further)),
            )


def _of_roles_here(resource: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether a policy belongs to nothing but roles of the template, whose permissions have it."""
    if resource.get("Type") == "AWS::IAM::ManagedPolicy":
        return False
    given = properties(resource)
    roles = given.get("Roles", [given.get("RoleName")])
    return not {"Users", "Groups", "UserName", "GroupName"} & given.keys() and all(
        found.get(referenced_id(role) or "", {}).get("Type") == "AWS::IAM::Role"
        for role in (roles if isinstance(roles, list) else [roles])
    )


def places_without_policy(template: Template) -> Iterator[PolicyPlace]:
    """Each bucket, topic and queue, as far as no policy of the template names it."""
    found = resources(template)
    for logical_id, resource in found.items():
        resource_type = _POLICY_OF.get(str(resource.get("Type")))
        if resource_type is not None:
            naming = (_relevant(p, _OWN[str(p["Type"])]) for p in _policies(resource_type, found))
            yield PolicyPlace(
                logical_id=logical_id,
                resource_type=resource_type,
                property="PolicyDocument",
                parts=(_relevant(resource, "PolicyDocument"), *naming),
                is_missing=True,
            )


def _policies(resource_type: str, found: Mapping[str, Any]) -> list[Any]:
    return [
        resource
        for resource in found.values()
        if _SAME.get(str(resource.get("Type")), resource.get("Type")) == resource_type
    ]


def _attached(identity: str, found: Mapping[str, Any]) -> list[Any]:
    """Resources that may add to what a role, user or group can do."""
    named = set(references(properties(found[identity]).get("ManagedPolicyArns")))
    names = _naming(found[identity])
    return [
        resource
        for logical_id, resource in found.items()
        if resource.get("Type") in _ATTACHABLE
        and (logical_id in named or set(names) & properties(resource).keys())
    ]


def _naming(identity: Mapping[str, Any]) -> tuple[str, str]:
    """The properties of policies that name what they belong to, as a list and as one name."""
    kind = str(identity.get("Type")).rpartition(":")[2]
    return f"{kind}s", f"{kind}Name"


def _relevant(resource: Mapping[str, Any], name: str) -> Any:
    """The parts of a resource that decide its policy."""
    wanted = (
        *("Policies", "ManagedPolicyArns", "PolicyDocument", "Roles", "RoleName"),
        *("Users", "UserName", "Groups", "GroupName"),
    )
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
    if place.is_missing:
        return _without_policy(evaluator, place)
    if evaluator.exists(resource) is None:
        return [None]
    if place.property == PERMISSIONS:
        found_statements = _permissions(evaluator, place.logical_id)
    else:
        found_statements = statements_of(evaluator.value(properties(resource).get(place.property)))
    return [_without_dynamic(statement) for statement in found_statements]


def _without_dynamic(value: Any) -> Any:
    """The value in which dynamic references are unknown: CloudFormation looks them up.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    """
    match value:
        case dict():
            return {name: _without_dynamic(member) for name, member in value.items()}
        case list():
            return [_without_dynamic(member) for member in value]
        case str() if "{{resolve:" in value:
            return UNKNOWN
        case _:
            return value


def _without_policy(evaluator: Evaluator, place: PolicyPlace) -> list[Any] | None:
    """No statements; None for what has a policy, and an unknown one if that is not known."""
    has_policy: list[bool | None] = [
        _names(evaluator, policy, place.logical_id) and evaluator.exists(policy)
        for policy in _policies(place.resource_type, resources(evaluator.template))
    ]
    if True in has_policy:
        return None
    exists = evaluator.exists(resources(evaluator.template)[place.logical_id])
    return [None] if None in has_policy or exists is None else []


def _names(evaluator: Evaluator, policy: Mapping[str, Any], logical_id: str) -> bool | None:
    """Whether a policy is that of a resource; None if that is not known."""
    given = properties(policy).get(_OWN[str(policy["Type"])])
    raw = given if isinstance(given, list) else [given]
    if any(referenced_id(entry) == logical_id for entry in raw):
        return True
    values = evaluator.value(raw)
    scope = evaluator.scope
    own = {scope.physical_ids.get(logical_id), scope.attributes.get((logical_id, "Arn"))}
    flat = [v for value in values for v in (value if isinstance(value, list) else [value])]
    if own & {value for value in flat if isinstance(value, str)}:
        return True
    others = [referenced_id(entry) for entry in raw]
    return False if not is_unknown(values) or all(others) else None


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
    many, one = _naming(found[role])
    for resource in found.values():
        exists = evaluator.exists(resource)
        if resource.get("Type") in _ATTACHABLE and exists is not False:
            member = properties(resource)
            names = evaluator.value(member.get(many) or [member.get(one)])
            if is_unknown(names) or own_name in names:
                document = evaluator.value(member.get("PolicyDocument"))
                known = exists is True and not is_unknown(names)
                yield from statements_of(document) if known else [None]


def own_arn(evaluator: Evaluator, place: PolicyPlace) -> str | None:
    """The ARN of what has the policy; None if that is not known."""
    found = resources(evaluator.template)
    name = _OWN.get(str(found[place.logical_id].get("Type")))
    if name is None:
        return evaluator.scope.attributes.get((place.logical_id, "Arn"))
    value = properties(found[place.logical_id]).get(name)
    first = value[0] if isinstance(value, list) and value else value
    match first:
        case {"Ref": str(other)} | {"Fn::GetAtt": [str(other), _]}:
            return evaluator.scope.attributes.get((other, "Arn"))
        case _:
            return None

"""
The capabilities that must be acknowledged before a template can be deployed.

In:    a template.
Out:   each capability, with the reasons.
Never: a guess. These are the conditions of the API:
       https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
"""

from collections.abc import Iterator
from typing import Any

from trailbell.template import loops

_IAM = {
    "AWS::IAM::AccessKey": None,
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": None,
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": None,
}


def required_capabilities(document: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The required capabilities in alphabetical order, each with the reasons."""
    reasons: dict[str, list[str]] = {}
    for capability, reason in _reasons(document):
        reasons.setdefault(capability, []).append(reason)
    if "CAPABILITY_NAMED_IAM" in reasons:  # it includes CAPABILITY_IAM
        reasons["CAPABILITY_NAMED_IAM"] += reasons.pop("CAPABILITY_IAM", [])
    return {capability: tuple(reasons[capability]) for capability in sorted(reasons)}


def _reasons(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for logical_id, resource, _ in loops.entries(document.get("Resources")):
        resource_type = resource.get("Type") if isinstance(resource, dict) else None
        name = _IAM.get(str(resource_type))
        if name and name in resource.get("Properties", {}):
            yield "CAPABILITY_NAMED_IAM", f"{logical_id} is an {resource_type} with a {name}"
        elif resource_type in _IAM:
            yield "CAPABILITY_IAM", f"{logical_id} is an {resource_type}"
        elif str(resource_type).startswith("AWS::Serverless::"):
            # https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
            yield "CAPABILITY_IAM", f"{logical_id} is an {resource_type}, which may create roles"
    transform = document.get("Transform", [])
    macros = [*(transform if isinstance(transform, list) else [transform]), *_macros_in(document)]
    if macros:
        names = ", ".join(dict.fromkeys(map(_name, macros)))
        yield "CAPABILITY_AUTO_EXPAND", f"the template uses {names}"


def _macros_in(value: Any) -> Iterator[Any]:
    """The macros that ``Fn::Transform`` calls in a value."""
    match value:
        case dict():
            for name, member in value.items():
                if name == "Fn::Transform":
                    yield member
                yield from _macros_in(member)
        case list():
            for member in value:
                yield from _macros_in(member)


def _name(macro: Any) -> str:
    return str(macro.get("Name", macro)) if isinstance(macro, dict) else str(macro)

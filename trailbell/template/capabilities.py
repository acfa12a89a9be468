"""
What CloudFormation wants acknowledged before it takes a template.

In:    a template's document.
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
    """Capabilities by name, each with what in the template asks for it; sorted, often empty."""
    found: dict[str, list[str]] = {}
    for capability, reason in _reasons(document):
        found.setdefault(capability, []).append(reason)
    if "CAPABILITY_NAMED_IAM" in found:  # it covers the plain one
        found["CAPABILITY_NAMED_IAM"] += found.pop("CAPABILITY_IAM", [])
    return {capability: tuple(found[capability]) for capability in sorted(found)}


def _reasons(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for logical_id, resource, _ in loops.entries(document.get("Resources")):
        kind = resource.get("Type") if isinstance(resource, dict) else None
        name = _IAM.get(str(kind))
        if name and name in resource.get("Properties", {}):
            yield "CAPABILITY_NAMED_IAM", f"{logical_id} is an {kind} with a {name}"
        elif kind in _IAM:
            yield "CAPABILITY_IAM", f"{logical_id} is an {kind}"
        elif str(kind).startswith("AWS::Serverless::"):
            # https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
            yield "CAPABILITY_IAM", f"{logical_id} is an {kind}, for which roles may be made"
    used = document.get("Transform", [])
    macros = [*(used if isinstance(used, list) else [used]), *_within(document)]
    if macros:
        named = ", ".join(dict.fromkeys(map(_name, macros)))
        yield "CAPABILITY_AUTO_EXPAND", f"the template uses {named}"


def _within(value: Any) -> Iterator[Any]:
    """Every macro that a part of the template calls by ``Fn::Transform``."""
    match value:
        case dict():
            for name, member in value.items():
                if name == "Fn::Transform":
                    yield member
                yield from _within(member)
        case list():
            for member in value:
                yield from _within(member)


def _name(macro: Any) -> str:
    return str(macro.get("Name", macro)) if isinstance(macro, dict) else str(macro)

"""
A Terraform module as a template of CloudFormation.

In:    a module.
Out:   a `Translation`: the template, and the argument of Terraform for each of its parts.
Never: an origin for what no rule is about. Other blocks are there for what they refer to.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from trailbell.template import TemplatePath
from trailbell.terraform.arguments import RESOURCE_TYPES, Arguments, Nested, ResourceType
from trailbell.terraform.module import Block, Module, objects
from trailbell.terraform.policy_document import policy_document
from trailbell.terraform.resolve import POLICY_DOCUMENT, Resolver

# Policies that are an argument of the resource itself.
_OWN_POLICIES = {
    "aws_sns_topic": ("AWS::SNS::TopicPolicy", "Topics"),
    "aws_sqs_queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "aws_s3_bucket": ("AWS::S3::BucketPolicy", "Bucket"),
}


@dataclass(frozen=True)
class Origin:
    """Where a part of the template comes from: ``metric_transformation[0].name`` of a resource.

    ``arguments`` is the object that has the argument, and ``label`` the name of the resource, both
    as they were decoded.
    """

    file: str
    address: str
    argument: str
    arguments: Mapping[str, Any]
    label: str


@dataclass(frozen=True)
class Translation:
    """``origins`` has the parts by their paths in the template; a part without is in its parent.

    ``addresses`` are those of resources and variables by the names that they have in the template.
    """

    template: dict[str, Any]
    origins: Mapping[TemplatePath, Origin]
    addresses: Mapping[str, str]

    def origin(self, path: TemplatePath) -> Origin | None:
        """The origin of a part of the template; what is below an argument follows its name."""
        for length in range(len(path), 1, -1):
            if found := self.origins.get(path[:length]):
                below = "".join(
                    f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[length:]
                )
                return replace(found, argument=found.argument + below)
        return None


@dataclass
class _Translator:
    resolver: Resolver
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    origins: dict[TemplatePath, Origin] = field(default_factory=dict)

    def add(self, block: Block, resource_type: ResourceType) -> None:
        """Add a resource with the properties that its arguments set."""
        logical_id = self.resolver.logical_ids[block.address]
        path = ("Resources", logical_id)
        itself = _Place(block, "", path).origin("", block.arguments)
        self.origins[path] = self.origins[*path, "Properties"] = itself
        properties = dict(resource_type.defaults)
        self.resources[logical_id] = {"Type": resource_type.name, "Properties": properties}
        if ignored := _ignored_rules(block):
            metadata = {"cfn-lint": {"config": {"ignore_checks": ignored}}}
            self.resources[logical_id]["Metadata"] = metadata
        at = _Place(block, "", (*path, "Properties"))
        properties |= self._properties(block.arguments, resource_type.arguments, at)
        own_policy = _OWN_POLICIES.get(block.type)
        if own_policy and "policy" in block.arguments:
            type_, name = own_policy
            policy_id = f"{logical_id}Policy"
            policy_path = ("Resources", policy_id, "Properties", "PolicyDocument")
            self.origins["Resources", policy_id] = self.origins[path]
            self.origins[policy_path] = at.origin("policy", block.arguments)
            document = self.resolver.value(block.arguments["policy"])
            topic: Any = {"Ref": logical_id}
            self.resources[policy_id] = {
                "Type": type_,
                "Properties": {
                    name: topic if name == "Bucket" else [topic],
                    "PolicyDocument": document,
                },
            }

    def add_part(self, block: Block, resource_type: ResourceType) -> None:
        """Add a block to the resource that it names, if that is in the module."""
        match self.resolver.value(block.arguments.get(resource_type.parent)):
            case {"Ref": str(parent)} | {"Fn::GetAtt": [str(parent), _]} if (
                parent in self.resources
            ):
                pass
            case _:
                return
        properties = self.resources[parent]["Properties"]
        name = resource_type.name
        path: TemplatePath = ("Resources", parent, "Properties", *([name] if name else []))
        if name == "Targets":
            targets = properties.setdefault("Targets", [])
            path = (*path, len(targets))
        place = _Place(block, "", path)
        self.origins[path] = place.origin("", block.arguments)
        part = self._properties(block.arguments, resource_type.arguments, place)
        if name == "Targets":
            properties["Targets"].append(part)
        elif name == "PublicAccessBlockConfiguration":
            # "Defaults to false": a setting that is left out is off.
            off = dict.fromkeys(resource_type.arguments.values(), False)
            properties[name] = {str(setting): value for setting, value in (off | part).items()}
        elif name:
            properties[name] = part or {"Fn::ImportValue": block.address}
        else:
            properties |= part

    def _properties(
        self, given: Mapping[str, Any], arguments: Arguments, at: "_Place"
    ) -> dict[str, Any]:
        dynamic = {name for each in objects(given.get("dynamic")) for name in each}
        properties: dict[str, Any] = {}
        for argument, target in arguments.items():
            if argument in dynamic:
                name = target.property if isinstance(target, Nested) else target
                properties[name] = {"Fn::ImportValue": f"{at.block.address} {argument}"}
            elif given.get(argument) is not None:
                name, value = self._property(argument, target, given, at)
                properties[name] = value
        return properties

    def _property(
        self, argument: str, target: "str | Nested", given: Mapping[str, Any], at: "_Place"
    ) -> tuple[str, Any]:
        if isinstance(target, str):
            self.origins[*at.path, target] = at.origin(argument, given)
            value = self.resolver.value(given[argument])
            return target, _in_form(target, value)
        self.origins[*at.path, target.property] = at.origin(argument, given)
        blocks = [*objects(given[argument])]
        if not target.is_list:
            place = at.below(argument, target.property)
            first = blocks[0] if blocks else {}
            return target.property, self._properties(first, target.arguments, place)
        return target.property, [
            self._properties(
                block,
                target.arguments,
                at.below(f"{argument}[{number}]", target.property, number),
            )
            for number, block in enumerate(blocks)
        ]


@dataclass(frozen=True)
class _Place:
    """A block in Terraform, and the path of what it becomes in the template."""

    block: Block
    argument: str
    path: TemplatePath

    def origin(self, argument: str, given: Mapping[str, Any]) -> Origin:
        """The origin of an argument of an object."""
        name = f"{self.argument}.{argument}".strip(".")
        return Origin(self.block.file, self.block.address, name, given, self.block.label)

    def below(self, argument: str, *steps: str | int) -> "_Place":
        name = f"{self.argument}.{argument}".removeprefix(".")
        return _Place(self.block, name, (*self.path, *steps))


def translate(module: Module) -> Translation:
    """The template of a module."""
    known = {
        address: block
        for address, block in module.resources.items()
        if block.type in RESOURCE_TYPES
    }
    resolver = Resolver(module, _logical_ids(known), policy_document)
    translator = _Translator(resolver)
    parts: list[tuple[Block, ResourceType]] = []
    for block in known.values():
        resource_type = RESOURCE_TYPES[block.type]
        if resource_type.parent:
            parts.append((block, resource_type))
        else:
            translator.add(block, resource_type)
    for block, resource_type in parts:
        translator.add_part(block, resource_type)
    resources = translator.resources | _readers(module, resolver)
    template: dict[str, Any] = {"Resources": resources}
    if resolver.parameters:
        template["Parameters"] = resolver.parameters
    addresses = {name: address for address, name in resolver.logical_ids.items()}
    return Translation(template, translator.origins, addresses | resolver.variables)


def _readers(module: Module, resolver: Resolver) -> dict[str, dict[str, Any]]:
    """All other blocks, as resources of a type that no rule knows: they can read the known ones."""
    others = [
        *(each.arguments for each in module.resources.values() if each.type not in RESOURCE_TYPES),
        *(each.arguments for each in module.data.values() if each.type != POLICY_DOCUMENT),
        *module.outputs,
        *module.calls,
    ]
    return {
        f"Reader{number}": {
            "Type": "Custom::Terraform",
            "Properties": {"Arguments": resolver.value(arguments)},
        }
        for number, arguments in enumerate(filter(None, others), 1)
    }


def _logical_ids(blocks: Mapping[str, Block]) -> dict[str, str]:
    """Logical IDs by address, which have letters and digits only."""
    taken: dict[str, str] = {}
    for address in blocks:
        base = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", address))
        number = sum(other == base or other.startswith(f"{base}X") for other in taken.values())
        taken[address] = f"{base}X{number}" if number else base
    return taken


def _in_form(name: str, value: Any) -> Any:
    """A value in the form of CloudFormation: lists of names, dimensions and JSON as text."""
    match name, value:
        case "Dimensions", dict() if not any(str(key).startswith(("Fn::", "Ref")) for key in value):
            return [{"Key": key, "Value": each} for key, each in value.items()]
        case (("Topics" | "Queues"), _) if not isinstance(value, list):
            return [value]
        case (("EventPattern" | "Pattern"), dict()) if "Statement" not in value:
            return value
        case "Input", dict():
            return json.dumps(value)
        case _:
            return value


def _ignored_rules(block: Block) -> list[str]:
    """The rules that a comment ignores: ``"//": "trailbell:ignore=E9804,W9839 reason"``."""
    return [*_rules_in(block.arguments.get("//"))]


_IGNORE = re.compile(r"trailbell:ignore=([A-Z0-9,]+)")


def _rules_in(comment: Any) -> Iterator[str]:
    texts = comment if isinstance(comment, list) else [comment]
    for text in texts:
        if isinstance(text, str):
            for match in _IGNORE.finditer(text):
                yield from filter(None, match[1].split(","))

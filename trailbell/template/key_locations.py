"""
Keys that a resource cannot use, because they are in another Region or partition.

In:    a template, and a `Scope` with the values of parameters and pseudo parameters.
Out:   a `MisplacedKey` for each of them, with the resources that name it.
Never: a doubt: a key by its ID or alias, and a value that is not known, are left to AWS. A key of
       another account is right where its policy allows the service and this account:
       https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html

Rules of a template cannot compare parts of a value, so these are checked here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.template import Template
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.intrinsics import references
from trailbell.template.resources import properties, resources, secret_parameters, section, type_of

# KMS keys belong to one Region, also each replica of a multi-Region key, and services use the key
# of their own Region: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
_KEY_PROPERTIES: Mapping[str, str] = {
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::CloudTrail::Trail": "KMSKeyId",
}
_KEY_ARN = re.compile(r"arn:(?P<partition>[^:]*):kms:(?P<region>[^:]*):[^:]*:(key|alias)/.+")


@dataclass(frozen=True, kw_only=True)
class MisplacedKey:
    """A key of another place, and the resources that name it.

    ``parameters`` are those whose value it is, with the value unless it is NoEcho.
    """

    place: str
    required: str
    parameters: tuple[str, ...]
    resources: tuple[str, ...]

    def __str__(self) -> str:
        key = f"KMS key ({', '.join(self.parameters)})" if self.parameters else "KMS key"
        names = ", ".join(self.resources)
        return f"the {key} of {names} is in {self.place}, and must be in {self.required}"


def misplaced_keys(template: Template, scope: Scope) -> tuple[MisplacedKey, ...]:
    """Return the keys that certainly cannot be used with these values."""
    evaluator = Evaluator(template, scope)
    users: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for logical_id, resource in resources(template).items():
        name = _KEY_PROPERTIES.get(type_of(resource))
        if name is None or evaluator.exists(resource) is not True:
            continue
        arn = evaluator.text(properties(resource).get(name))
        key = _KEY_ARN.fullmatch(arn or "")
        if arn is None or key is None:
            continue
        parts = ("partition", "region") if _is_used_here(template, resource) else ("partition",)
        for part in parts:
            required = scope.pseudo.get(f"AWS::{part.capitalize()}")
            if required and key[part] != required:
                parameters = tuple(_parameters_with(evaluator, arn))
                place = (_place(part, key[part]), _place(part, required), parameters)
                users.setdefault(place, []).append(logical_id)
                break
    return tuple(
        MisplacedKey(place=place, required=required, parameters=names, resources=tuple(logical_ids))
        for (place, required, names), logical_ids in users.items()
    )


def names_keys(template: Template) -> bool:
    """Whether a resource of a template has one of the checked properties."""
    return any(
        _KEY_PROPERTIES.get(type_of(resource)) in properties(resource)
        for resource in resources(template).values()
    )


def _is_used_here(template: Template, resource: Mapping[str, Any]) -> bool:
    """Whether the key is used in the Region of the stack.

    CloudTrail uses it in the Region of the bucket, which is known only of a bucket of this stack.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
    """
    if type_of(resource) != "AWS::CloudTrail::Trail":
        return True
    names = references(properties(resource).get("S3BucketName"))
    return any(type_of(section(resources(template), name)) == "AWS::S3::Bucket" for name in names)


def _place(part: str, value: str) -> str:
    return f"{'Region' if part == 'region' else 'partition'} {value}"


def _parameters_with(evaluator: Evaluator, value: str) -> Iterator[str]:
    for name in section(evaluator.template, "Parameters"):
        if evaluator.value({"Ref": name}) == value:
            hidden = name in secret_parameters(evaluator.template)
            yield name if hidden else f'{name} "{value}"'

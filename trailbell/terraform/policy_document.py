"""
The policy of a data source ``aws_iam_policy_document``.

In:    its arguments.
Out:   the policy document, or an unknown value if it is made of other documents.
Never: a statement without Effect: the default is Allow.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from collections.abc import Mapping
from typing import Any

from trailbell.terraform.module import Block, objects
from trailbell.terraform.resolve import Resolver

_OTHERS = ("source_policy_documents", "override_policy_documents", "source_json", "override_json")
_LISTS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_PRINCIPALS = {"principals": "Principal", "not_principals": "NotPrincipal"}


def policy_document(block: Block, resolver: Resolver) -> Any:
    """The document of a data source."""
    arguments = block.arguments
    if any(arguments.get(name) for name in _OTHERS) or "dynamic" in arguments:
        return {"Fn::ImportValue": f"data.{block.address}.json"}
    return {
        "Version": arguments.get("version", "2012-10-17"),
        "Statement": [_statement(each, resolver) for each in objects(arguments.get("statement"))],
    }


def _statement(arguments: Mapping[str, Any], resolver: Resolver) -> dict[str, Any]:
    statement: dict[str, Any] = {}
    if "sid" in arguments:
        statement["Sid"] = resolver.value(arguments["sid"])
    statement["Effect"] = resolver.value(arguments.get("effect", "Allow"))
    for argument, member in _PRINCIPALS.items():
        if argument in arguments:
            statement[member] = _principal(arguments[argument], resolver)
    for argument, member in _LISTS.items():
        if arguments.get(argument):
            statement[member] = _variables(arguments[argument], resolver)
    conditions: dict[str, dict[str, Any]] = {}
    for condition in objects(arguments.get("condition")):
        keys = conditions.setdefault(str(condition.get("test")), {})
        values = _variables(condition.get("values"), resolver)
        keys[str(condition.get("variable"))] = values
    if conditions:
        statement["Condition"] = conditions
    if "dynamic" in arguments:
        statement["Condition"] = {"Fn::ImportValue": "dynamic"}
    return statement


def _principal(given: Any, resolver: Resolver) -> Any:
    principals: dict[str, Any] = {}
    for each in objects(given):
        identifiers = resolver.value(each.get("identifiers"))
        if each.get("type") == "*":
            return "*"
        known = principals.setdefault(str(each.get("type")), [])
        if isinstance(identifiers, list):
            known.extend(identifiers)
        else:
            known.append(identifiers)
    return principals


def _variables(given: Any, resolver: Resolver) -> Any:
    """Values in which ``&{aws:username}`` is a policy variable, as it is not Terraform's."""
    if isinstance(given, list):
        return [_variables(each, resolver) for each in given]
    return resolver.value(given.replace("&{", "$${") if isinstance(given, str) else given)

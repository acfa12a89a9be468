"""
What the values of a Terraform module are, in the language of CloudFormation.

In:    a value of an argument, and the module.
Out:   the value: references as ``Ref`` and ``Fn::GetAtt``, strings with expressions as ``Fn::Sub``,
       variables as parameters, and every other expression as ``Fn::ImportValue``, which no rule
       takes for a known value.
Never: a function of Terraform that is called.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trailbell.terraform.expression import Expression, pieces
from trailbell.terraform.module import Block, Module

POLICY_DOCUMENT = "aws_iam_policy_document"
"""The type of the data source that builds a policy."""

# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/caller_identity
_PSEUDO_PARAMETERS: Mapping[tuple[str, str], str] = {
    ("aws_caller_identity", "account_id"): "AWS::AccountId",
    ("aws_region", "name"): "AWS::Region",
    ("aws_region", "id"): "AWS::Region",
    ("aws_region", "region"): "AWS::Region",
    ("aws_partition", "partition"): "AWS::Partition",
    ("aws_partition", "id"): "AWS::Partition",
    ("aws_partition", "dns_suffix"): "AWS::URLSuffix",
}
# What ``Ref`` returns, where it is the ARN. Everywhere else, ``arn`` is an attribute.
_ARN_IS_REF = {"aws_sns_topic", "aws_iam_policy"}
# An attribute is the name of the filter, or that of its metric.
_NOT_REF = {"aws_cloudwatch_log_metric_filter"}
_ADDRESS = re.compile(r"(?<![\w.-])[a-z]\w*\.[A-Za-z_][\w-]*")
_MAX_DEPTH = 20
"""Locals that refer to locals. Terraform rejects circles."""


@dataclass(frozen=True)
class Resolver:
    """
    Values of a module. ``logical_ids`` are those of resources by address; ``document`` builds the
    policy of a data source ``aws_iam_policy_document``.
    """

    module: Module
    logical_ids: Mapping[str, str]
    document: Callable[[Block, "Resolver"], Any]
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    depth: int = 0

    def value(self, given: Any) -> Any:
        """The value of an argument."""
        match given:
            case str():
                return self._text(given)
            case list():
                return [self.value(each) for each in given]
            case dict():
                return {str(name): self.value(each) for name, each in given.items() if name != "//"}
            case _:
                return given

    def _text(self, text: str) -> Any:
        found = pieces(text)
        match found:
            case ():
                return ""
            case (str() as literal,):
                return literal
            case (Expression() as expression,):
                return self._expression(expression)
            case _:
                return self._sub(found)

    def _sub(self, found: tuple[str | Expression, ...]) -> Any:
        """A string with expressions: ``Fn::Sub``, or text if all of them are known."""
        known = [piece if isinstance(piece, str) else self._expression(piece) for piece in found]
        if all(isinstance(each, str | int | float) for each in known):
            return "".join(map(str, known))
        text, values = "", dict[str, Any]()
        for each in known:
            match each:
                case {"Ref": str(name)}:
                    text += f"${{{name}}}"
                case {"Fn::GetAtt": [str(name), str(attribute)]}:
                    text += f"${{{name}.{attribute}}}"
                case str() | int() | float():
                    text += str(each).replace("${", "${!")
                case _:
                    name = f"Value{len(values) + 1}"
                    values[name] = each
                    text += f"${{{name}}}"
        return {"Fn::Sub": [text, values]} if values else {"Fn::Sub": text}

    def _expression(self, expression: Expression) -> Any:
        if self.depth > _MAX_DEPTH:
            return self._unknown(expression.text)
        if reference := expression.reference():
            is_data, address, attribute = reference
            return self._data(address, attribute) if is_data else self._reference(*reference[1:])
        match expression.named():
            case ("local", name) if name in self.module.locals:
                return self._deeper().value(self.module.locals[name])
            case ("var", name):
                return self._variable(name)
            case _:
                elements = _elements(expression.text)
                if elements is None:
                    return self._unknown(expression.text)
                return [self._deeper().value(element) for element in elements]

    def _unknown(self, text: str) -> Any:
        """The result of an expression, which refers to the resources that the expression names."""
        named = [
            {"Ref": self.logical_ids[address]}
            for address in dict.fromkeys(_ADDRESS.findall(text))
            if address in self.logical_ids
        ]
        return {"Fn::ImportValue": {"Fn::Join": [" ", [text, *named]]} if named else text}

    def _deeper(self) -> "Resolver":
        return Resolver(
            self.module,
            self.logical_ids,
            self.document,
            self.parameters,
            self.variables,
            self.depth + 1,
        )

    def _variable(self, name: str) -> Any:
        """A variable as a parameter, with its default if that is one value."""
        parameter = f"Var{_camel(name)}"
        if self.variables.setdefault(parameter, f"var.{name}") != f"var.{name}":
            return {"Fn::ImportValue": f"var.{name}"}
        default = self.module.defaults.get(name)
        if isinstance(default, bool | int | float | str):
            shown = str(default).lower() if isinstance(default, bool) else str(default)
            self.parameters[parameter] = {"Type": "String", "Default": shown}
        elif isinstance(default, list | dict):
            return {"Fn::ImportValue": f"var.{name}"}
        else:
            self.parameters[parameter] = {"Type": "String"}
        return {"Ref": parameter}

    def _reference(self, address: str, attribute: str) -> Any:
        logical_id = self.logical_ids.get(address)
        if logical_id is None:
            return {"Fn::ImportValue": f"{address}.{attribute}"}
        type_ = address.partition(".")[0]
        if attribute == "arn" and type_ not in _ARN_IS_REF:
            return {"Fn::GetAtt": [logical_id, "Arn"]}
        if type_ in _NOT_REF:
            return {"Fn::ImportValue": f"{address}.{attribute}"}
        return {"Ref": logical_id}

    def _data(self, address: str, attribute: str) -> Any:
        type_ = address.partition(".")[0]
        pseudo_parameter = _PSEUDO_PARAMETERS.get((type_, attribute))
        if pseudo_parameter is not None:
            return {"Ref": pseudo_parameter}
        block = self.module.data.get(address)
        if block is not None and type_ == POLICY_DOCUMENT and attribute == "json":
            return self.document(block, self._deeper())
        return {"Fn::ImportValue": f"data.{address}.{attribute}"}


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def _elements(text: str) -> list[str] | None:
    """The elements of a list of simple expressions, as strings with an expression each."""
    if not (text.startswith("[") and text.endswith("]")):
        return None
    elements = [element.strip() for element in text[1:-1].split(",") if element.strip()]
    if any(set(element) & set("(){}[]?:") for element in elements):
        return None
    return [*_strings(elements)]


def _strings(elements: list[str]) -> Iterator[str]:
    for element in elements:
        is_text = len(element) > 1 and element[0] == element[-1] == '"'
        yield element[1:-1] if is_text else f"${{{element}}}"

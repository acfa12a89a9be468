"""
What the stacks of a StackSet export and import, as CloudFormation sees it.

In:    a template, and the values of its parameters.
Out:   names of exports.
Never: our own evaluation. This one knows Ref and Fn::Sub of parameters, which is what the templates
       of the tests use.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

NOT_EXPORTED = "No export named {} found."
IN_USE = "Export {} cannot be deleted as it is in use by {}"
""""You can't delete a stack if another stack references one of its outputs" is the rule of the page
above; the texts are those that people report."""


def exported_names(body: str, parameters: Mapping[str, str]) -> set[str]:
    """The names that a stack exports."""
    template = json.loads(body)
    outputs = template.get("Outputs", {}).values()
    names = (output["Export"]["Name"] for output in outputs if "Export" in output)
    return {_text(name, _values(template, parameters)) for name in names}


def imported_names(body: str, parameters: Mapping[str, str]) -> set[str]:
    """The names that a stack imports."""
    template = json.loads(body)
    values = _values(template, parameters)
    return {_text(name, values) for name in _imports(template.get("Resources"))}


def _values(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, str]:
    declared = template.get("Parameters", {}).items()
    return {name: str(each.get("Default", "")) for name, each in declared} | dict(parameters)


def _imports(value: Any) -> Iterator[Any]:
    match value:
        case {"Fn::ImportValue": name}:
            yield name
        case dict():
            for member in value.values():
                yield from _imports(member)
        case list():
            for member in value:
                yield from _imports(member)


def _text(name: Any, values: Mapping[str, str]) -> str:
    match name:
        case {"Ref": str(parameter)}:
            return values[parameter]
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], text)
        case _:
            return str(name)

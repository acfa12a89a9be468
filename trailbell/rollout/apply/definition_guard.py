"""
Whether the StackSet is still what the plan, or our own last request, made it.

In:    the `StackSetDefinition` that was planned with, the requests sent since, and the definition
       that AWS has now.
Out:   sentences: what differs.
Never: a comparison by the list of operations, which is eventually consistent. DescribeStackSet is
       strongly consistent, so it is read again before each operation.

An operation uses the template and parameters that the StackSet has when it runs, so a change of
another process would reach accounts in which no one tested it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackInstances.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.aws.stack_set import StackSetDefinition
from trailbell.dist.built_templates import parse_document
from trailbell.errors import ContentError
from trailbell.rollout.configuration.parameters import default_values
from trailbell.template.resources import secret_parameters


def definition_after(
    before: StackSetDefinition | None, request: Mapping[str, Any], template: str, id_: str = ""
) -> StackSetDefinition:
    """The definition after CreateStackSet or UpdateStackSet with these members.

    ``template`` is the text that TemplateBody or TemplateURL represents. Members that are missing
    leave the definition as it is.
    """
    definition = before or StackSetDefinition(id=id_, arn="", template="", model="SELF_MANAGED")
    changes: dict[str, Any] = {}
    if "TemplateBody" in request or "TemplateURL" in request:
        changes["template"] = template
    if "Parameters" in request:
        changes["parameters"] = _parameters(definition.parameters, request["Parameters"])
    if "Tags" in request:
        changes["tags"] = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    if "AutoDeployment" in request:
        changes["automatic"] = _auto_deployment(request["AutoDeployment"])
    if "ManagedExecution" in request:
        changes["managed_execution"] = bool(request["ManagedExecution"].get("Active"))
    for member, name in (
        ("PermissionModel", "model"),
        ("AdministrationRoleARN", "administration_role"),
        ("ExecutionRoleName", "execution_role"),
    ):
        if member in request:
            changes[name] = request[member]
    return replace(definition, **changes)


def _parameters(before: Mapping[str, str], sent: list[dict[str, Any]]) -> dict[str, str]:
    return {
        parameter["ParameterKey"]: before.get(parameter["ParameterKey"], "")
        if parameter.get("UsePreviousValue")
        else parameter["ParameterValue"]
        for parameter in sent
    }


def _auto_deployment(sent: Mapping[str, Any]) -> AutoDeployment:
    return AutoDeployment(
        enabled=bool(sent.get("Enabled")),
        retain=bool(sent.get("RetainStacksOnAccountRemoval")),
        after=tuple(sorted(sent.get("DependsOn") or ())),
    )


def definition_differences(
    expected: StackSetDefinition, actual: StackSetDefinition | None
) -> tuple[str, ...]:
    """What another process changed, one phrase each; empty if nothing."""
    if actual is None:
        return ("it was deleted",)
    if expected.id and actual.id != expected.id:
        return ("it was deleted and created again",)
    return tuple(_differences(expected, actual))


def _differences(expected: StackSetDefinition, actual: StackSetDefinition) -> Iterator[str]:
    before, after = _document(expected.template), _document(actual.template)
    if before != after:
        yield "its template is another one"
    secret = secret_parameters(_declared(before)) | secret_parameters(_declared(after))
    old = default_values(_declared(before)) | dict(expected.parameters)
    new = default_values(_declared(after)) | dict(actual.parameters)
    for name in sorted({*old, *new} - secret):
        if old.get(name) != new.get(name):
            yield _changed(f"parameter {name}", old.get(name), new.get(name))
    for name in sorted({*expected.tags, *actual.tags}):
        if expected.tags.get(name) != actual.tags.get(name):
            yield _changed(f"tag {name}", expected.tags.get(name), actual.tags.get(name))
    for name, was, now in (
        ("administration role", expected.administration_role, actual.administration_role),
        ("execution role", expected.execution_role, actual.execution_role),
    ):
        if was and was != now:  # a role that no request named is a default of AWS
            yield _changed(name, was, now)
    if _switched_on(expected.automatic) != _switched_on(actual.automatic):
        yield "its automatic deployment has other settings"
    if expected.managed_execution != actual.managed_execution:
        yield f"managed execution is {'on' if actual.managed_execution else 'off'}"


def _switched_on(automatic: AutoDeployment) -> AutoDeployment | None:
    """Automatic deployment; None if it is off, because its other members mean nothing then."""
    return automatic if automatic.enabled else None


def _document(text: str) -> Any:
    """The parsed template; its text if it cannot be parsed."""
    try:
        return parse_document(text, "the template of the StackSet")
    except ContentError:
        return text


def _declared(document: Any) -> dict[str, Any]:
    return document if isinstance(document, dict) else {}


def _changed(name: str, before: str | None, after: str | None) -> str:
    def text(value: str | None) -> str:
        return "missing" if value is None else f'"{value}"'

    return f"{name} is {text(after)} instead of {text(before)}"

"""
Exports that an update would change or remove while other stacks import them.

In:    the deployed stack, its new template and parameters, and the changes of its resources.
Out:   a warning for each of these exports, with the importing stacks.
Never: a failure: CloudFormation decides, and rolls the update back. An export whose new value only
       the deployment knows counts as unchanged, unless its resource is replaced.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from trailbell.aws.cloudformation import CloudFormation
from trailbell.aws.stack import Stack
from trailbell.aws.threads import run_concurrently
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.model import Notice, NoticeLevel, Replacement, ResourceChange
from trailbell.errors import AwsError, CredentialsError
from trailbell.template.evaluate import UNKNOWN, Evaluator, Marker, Scope
from trailbell.template.intrinsics import references
from trailbell.template.resources import secret_parameters, section


def exports_in_use(
    cloud: CloudFormation,
    target: StackToDeploy,
    stack: Stack | None,
    parameters: Mapping[str, str],
    changes: Sequence[ResourceChange],
    pseudo: Mapping[str, str],
) -> tuple[Notice, ...]:
    """Return the warnings. Reads the importing stacks only of exports that change.

    ``parameters`` are those that the stack will have. Raises `CredentialsError`.
    """
    if stack is None or not stack.exports:
        return ()
    document = target.source.document
    values: dict[str, str | Marker] = dict(parameters)
    values |= dict.fromkeys(secret_parameters(document), UNKNOWN)
    scope = Scope(parameters=values, pseudo={**pseudo, "AWS::StackName": target.name})
    replaced = {change.logical_id for change in changes if change.replacement is Replacement.YES}
    changed = dict(_changed(Evaluator(document, scope), stack, replaced))
    notices = run_concurrently(partial(_notice, cloud, *export) for export in changed.items())
    return tuple(notice for notice in notices if notice is not None)


def _changed(evaluator: Evaluator, stack: Stack, replaced: set[str]) -> Iterator[tuple[str, str]]:
    """The exports that the stack has and that change, each with what happens to it."""
    outputs: dict[str, Any] = {}
    for output in section(evaluator.template, "Outputs").values():
        name = section(output, "Export").get("Name")
        if name is None or evaluator.exists(output) is False:
            continue
        text = evaluator.text(name)
        if text is None:  # it may be any of the exports
            return
        outputs[text] = output.get("Value")
    for name, old in stack.exports.items():
        if name not in outputs:
            yield name, "removed"
        elif evaluator.text(outputs[name]) not in (None, old) or (
            replaced & set(references(outputs[name]))
        ):
            yield name, "changed"


def _notice(cloud: CloudFormation, name: str, verb: str) -> Notice | None:
    try:
        importers = cloud.importers(name)
    except CredentialsError:
        raise
    except AwsError as error:
        text = f'Export "{name}" is {verb}. Whether other stacks import it is not known: {error}'
        return Notice(level=NoticeLevel.WARNING, logical_id="", text=text)
    if not importers:
        return None
    text = (
        f'Export "{name}" is {verb}, but it is in use by {", ".join(importers)}. CloudFormation '
        "will reject that and roll back. Change these stacks first so that they no longer import "
        "it."
    )
    return Notice(level=NoticeLevel.WARNING, logical_id="", text=text)

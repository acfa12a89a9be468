"""
Verify one stack: its status, template, parameters, protection, resources, and drift.

In:    a stack of the settings, with the template in ``dist/``.
Out:   every `Discrepancy`. A stack that does not exist is one.
Never: an error that hides what other checks show, except missing credentials.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from trailbell.aws.stack import Stack
from trailbell.aws.stack_status import SUCCEEDED, StackStatus
from trailbell.deploy.parameter_values import resolve_parameters
from trailbell.deploy.session import DeploySession
from trailbell.deploy.stack_settings import ENABLED, STACK_POLICY, UNREADABLE, compare_direct
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.verify.deployed_stack import evaluate_stack
from trailbell.deploy.verify.discrepancy import Discrepancy, unread
from trailbell.deploy.verify.drift import find_drift
from trailbell.deploy.verify.read_back import read_back
from trailbell.diff.judgment.read_back import FindingKind
from trailbell.diff.resources import compare_resources
from trailbell.dist.built_templates import parse_document
from trailbell.errors import AwsError, ContentError, CredentialsError, SettingsError
from trailbell.template import Template
from trailbell.template.intrinsics import normalize_get_att
from trailbell.template.resources import secret_parameters, section

_ROLLED_BACK = (StackStatus.UPDATE_ROLLBACK_COMPLETE, StackStatus.IMPORT_ROLLBACK_COMPLETE)
_SHOWN_RESOURCES = 10


def verify(
    session: DeploySession, target: StackToDeploy, *, drift: bool = True
) -> tuple[Discrepancy, ...]:
    """Return every discrepancy of a stack, without repetitions.

    Raises `CredentialsError`. Every other error of AWS is a discrepancy.
    """
    try:
        stack = session.cloud.stack(target.name)
    except CredentialsError:
        raise
    except AwsError as error:
        return (Discrepancy(text=unread(error)),)
    if stack is None or stack.status is StackStatus.REVIEW_IN_PROGRESS:
        text = f"Stack {target.name} is not deployed in {session.region}."
        return (Discrepancy(text=text),)
    deployed, problems = _deployed_template(session, stack)
    checks: tuple[Callable[[], Iterable[Discrepancy]], ...] = (
        lambda: _status_problems(stack),
        lambda: problems,
        lambda: _template_differences(deployed, target, session.region),
        lambda: _parameter_differences(session, stack, target),
        lambda: _protection_problems(session, stack, target),
        lambda: _resource_problems(session, stack, deployed or target.source.document),
        lambda: find_drift(session, stack) if drift else (),
    )
    return tuple(dict.fromkeys(entry for check in checks for entry in _guarded(check)))


def _guarded(check: Callable[[], Iterable[Discrepancy]]) -> Iterator[Discrepancy]:
    """Yield what a check returns. An error of AWS is a discrepancy, and ends this check only."""
    try:
        yield from check()
    except CredentialsError:
        raise
    except AwsError as error:
        yield Discrepancy(text=unread(error))


def _status_problems(stack: Stack) -> Iterator[Discrepancy]:
    if stack.status not in SUCCEEDED:
        meaning = (
            "the last update was rolled back"
            if stack.status in _ROLLED_BACK
            else "an operation is in progress or has failed"
        )
        yield Discrepancy(text=f"Stack status is {stack.status}: {meaning}.")


def _deployed_template(
    session: DeploySession, stack: Stack
) -> tuple[Template | None, tuple[Discrepancy, ...]]:
    """The template of the stack, whether it was deployed as JSON or YAML; None if unreadable."""
    reason = "GetTemplate returned nothing, or the permission cloudformation:GetTemplate is missing"
    try:
        body = session.cloud.template(stack.id)
        if body is not None:
            template = (
                parse_document(body, "the deployed template") if isinstance(body, str) else body
            )
            return normalize_get_att(template), ()
    except CredentialsError:
        raise
    except (AwsError, ContentError) as error:
        reason = str(error)
    text = f"The deployed template could not be read: {reason}. Resources are compared with dist/."
    return None, (Discrepancy(text=text),)


def _template_differences(
    deployed: Template | None, target: StackToDeploy, region: str
) -> Iterator[Discrepancy]:
    """Compare by meaning: format and spelling of a template do not matter."""
    source = replace(target.source, document=normalize_get_att(target.source.document))
    if deployed is None or _spelled(deployed) == _spelled(source.document):
        return
    changes = compare_resources(deployed, source, region)
    names = [change.logical_id for change in changes]
    shown = ", ".join(names[:_SHOWN_RESOURCES])
    if len(names) > _SHOWN_RESOURCES:
        shown += f" and {len(names) - _SHOWN_RESOURCES} more"
    what = f" in {shown}" if shown else ""
    yield Discrepancy(text=f"The deployed template differs from dist/{what}. Deploy the stack.")


def _spelled(value: Any) -> Any:
    """A value in which numbers and booleans are text, as CloudFormation reads them."""
    match value:
        case Mapping():
            return {name: _spelled(member) for name, member in value.items()}
        case list():
            return [_spelled(entry) for entry in value]
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:g}" if value != int(value) else str(int(value))
        case _:
            return value


def _parameter_differences(
    session: DeploySession, stack: Stack, target: StackToDeploy
) -> Iterator[Discrepancy]:
    """Compare the parameters with the settings, and name those that only a deployment gave."""
    try:
        wanted = resolve_parameters(target, session.outputs([target]))
    except SettingsError as error:
        yield Discrepancy(text=f"Parameters could not be compared: {error}")
        wanted = {}
    secret = secret_parameters(target.source.document)
    for name, value in wanted.items():
        if name in secret:
            text = f"Parameter {name} was not compared: CloudFormation does not return its value."
            yield Discrepancy(text=text, kind=FindingKind.REMARK)
        elif name not in stack.parameters:
            yield Discrepancy(
                text=f'Parameter {name} is not set; in the settings, it is "{value}".'
            )
        elif stack.parameters[name] != value:
            yield Discrepancy(
                text=f'Parameter {name} is "{stack.parameters[name]}"; in the settings, it is '
                f'"{value}".'
            )
    declared = section(target.source.document, "Parameters")
    for name, value in stack.parameters.items():
        default = _default(declared.get(name))
        given = name in target.options.parameters or name in secret
        if not given and default not in (None, value):
            yield Discrepancy(
                text=f'Parameter {name} is "{value}", which is not in the settings: unless it is '
                f'given again, the next deployment sets it to the default "{default}".',
                kind=FindingKind.REMARK,
            )


def _default(declared: Any) -> str | None:
    default = declared.get("Default") if isinstance(declared, Mapping) else None
    return None if default is None else str(default)


def _protection_problems(
    session: DeploySession, stack: Stack, target: StackToDeploy
) -> Iterator[Discrepancy]:
    """Compare termination protection and the stack policy with the settings."""
    changes, _, notices = compare_direct(session.cloud, target.options, stack)
    yield from (Discrepancy(text=notice.text) for notice in notices)
    for change in changes:
        if change.name != STACK_POLICY:
            yield _protection_problem(stack, wanted=change.after == ENABLED)
        elif change.before is None:
            yield Discrepancy(text="The stack policy of the settings is not set.")
        elif change.before != UNREADABLE:
            yield Discrepancy(text="The stack policy differs from that of the settings.")


def _protection_problem(stack: Stack, *, wanted: bool) -> Discrepancy:
    option = "--enable" if wanted else "--no-enable"
    return Discrepancy(
        text=f"Termination protection is {'off' if wanted else 'on'}: deploy the stack with "
        "Trailbell, or run aws cloudformation update-termination-protection "
        f"{option}-termination-protection --stack-name {stack.name}.",
        kind=FindingKind.TO_DO,
    )


def _resource_problems(
    session: DeploySession, stack: Stack, template: Template
) -> Iterator[Discrepancy]:
    exports: Mapping[str, str] = {}
    if '"Fn::ImportValue"' in json.dumps(template):
        try:
            exports = {name: each.value for name, each in session.cloud.exports().items()}
        except CredentialsError:
            raise
        except AwsError as error:
            yield Discrepancy(text=unread(error))
    resources = session.cloud.resources(stack.id)
    deployed, missing = evaluate_stack(template, stack, resources, exports)
    yield from missing
    yield from read_back(session.aws, deployed)

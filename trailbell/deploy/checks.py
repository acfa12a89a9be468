"""
Check all stacks before the first change: parameters, exports and imports.

In:    the stacks to deploy, and a `DeploySession`.
Out:   a `StackResult` for every stack if one of them cannot be deployed; nothing if all can.
Never: a change, or a call where the templates and settings answer the question.
"""

from collections.abc import Mapping, Sequence

from trailbell.aws.stack_status import StatusAction, rule_for
from trailbell.deploy import parameters
from trailbell.deploy.contradictions import contradictions
from trailbell.deploy.environment import PreviousValue, StackOutput
from trailbell.deploy.exports import export_problems
from trailbell.deploy.parameter_values import choose_parameters
from trailbell.deploy.result import StackResult, StackResultStatus
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.errors import SettingsError
from trailbell.template.resources import section
from trailbell.wording import pluralize


def check_before_changes(
    session: DeploySession, targets: Sequence[StackToDeploy], ui: Ui, *, keep_previous: bool = False
) -> Mapping[str, StackResult]:
    """Check the parameters, exports and imports of all stacks. Raises `AwsError`.

    ``keep_previous`` keeps deployed values instead of taking defaults.
    """
    selected = frozenset(target.stack for target in targets)
    problems: dict[str, list[str]] = {}
    for target in targets:
        try:
            _check_parameters(session, target, selected)
        except SettingsError as error:
            problems.setdefault(target.stack, []).append(str(error))
    for stack, problem in (
        *contradictions(session, targets, ui, keep_previous=keep_previous),
        *export_problems(session, targets, ui),
    ):
        problems.setdefault(stack, []).append(problem)
    if not problems:
        return {}
    return {target.stack: _result(target, problems) for target in targets}


def _result(target: StackToDeploy, problems: Mapping[str, Sequence[str]]) -> StackResult:
    own = problems.get(target.stack)
    count = pluralize(len(problems), "stack")
    return StackResult(
        stack=target.stack,
        name=target.name,
        status=StackResultStatus.REFUSED if own else StackResultStatus.SKIPPED,
        text="\n".join(own) if own else f"nothing was changed, because of {count}",
    )


def _check_parameters(
    session: DeploySession, target: StackToDeploy, selected: frozenset[str]
) -> None:
    """Raise `SettingsError` if a value is missing. Reads the stack only where that matters."""
    given = target.options.parameters
    declared = section(target.source.document, "Parameters")
    missing = any(
        name not in given and "Default" not in parameter for name, parameter in declared.items()
    )
    keeps = any(isinstance(value, PreviousValue) for value in given.values())
    used = {value.stack for value in given.values() if isinstance(value, StackOutput)}
    if not (missing or keeps or used):
        return
    stack = session.cloud.stack(target.name)
    if stack is not None and rule_for(stack.status, stack.name).action is StatusAction.RECREATE:
        stack = None
    if used & selected:
        previous = tuple(stack.parameters) if stack else ()
        origin, origins = target.options.defined_in, target.options.origins
        parameters.validate_parameters(given, target.source.document, previous, origin, origins)
    else:
        choose_parameters(target, stack, session.outputs([target]))

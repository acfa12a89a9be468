"""
Check parameter values against each other before a change, as far as they are known.

In:    the stacks to deploy, and a `DeploySession`.
Out:   the problems of each stack; `SettingsError` for one stack whose values are all chosen.
Never: a problem that is not certain. A value that another stack of this deployment will have, or a
       NoEcho value that stays as it is, is unknown.
"""

from collections.abc import Iterator, Mapping, Sequence

from trailbell.aws.stack import Stack
from trailbell.aws.stack_status import StatusAction, rule_for
from trailbell.deploy.environment import PreviousValue, StackOutput
from trailbell.deploy.parameter_values import ParameterChoice
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.errors import SettingsError
from trailbell.template.contradictions import Contradictions, can_contradict, find_contradictions
from trailbell.template.evaluate import UNKNOWN, Marker, Scope
from trailbell.template.resources import secret_parameters, section

_Values = dict[str, str | Marker]


def contradictions(
    session: DeploySession, targets: Sequence[StackToDeploy], ui: Ui, *, keep_previous: bool
) -> Iterator[tuple[str, str]]:
    """Yield the problems of all stacks, each with the name of the stack in ``dist/``.

    ``keep_previous`` keeps deployed values instead of taking defaults. Raises `AwsError`.
    """
    selected = frozenset(target.stack for target in targets)
    for target in targets:
        if not can_contradict(target.source.document):
            continue
        values = _known_values(session, target, selected, keep_previous=keep_previous)
        check = _check(session, target, values)
        for problem in check.problems:
            yield target.stack, f"{problem}\nCorrect the parameters ({target.options.defined_in})."
        if check.unknown_rules:
            ui.info(
                f"{target.stack}: whether the parameters violate {', '.join(check.unknown_rules)} "
                "is not known yet. CloudFormation checks these rules before it changes anything."
            )


def check_choice(
    session: DeploySession, target: StackToDeploy, stack: Stack | None, choice: ParameterChoice
) -> None:
    """Raise `SettingsError` if the chosen values contradict each other."""
    values: _Values = dict(choice.values)
    values |= {name: _deployed_value(target, stack, name) for name in choice.kept}
    problems = _check(session, target, values).problems
    if problems:
        raise SettingsError(
            target.options.defined_in, "parameters", "\n".join(problems), "correct them"
        )


def _check(
    session: DeploySession, target: StackToDeploy, values: Mapping[str, str | Marker]
) -> Contradictions:
    pseudo = {**session.pseudo_parameters, "AWS::StackName": target.name}
    return find_contradictions(target.source.document, Scope(parameters=values, pseudo=pseudo))


def _known_values(
    session: DeploySession,
    target: StackToDeploy,
    selected: frozenset[str],
    *,
    keep_previous: bool,
) -> _Values:
    """The values that the parameters will have; defaults are left out."""
    declared = section(target.source.document, "Parameters")
    stack = _deployed_stack(session, target, keep_previous=keep_previous)
    outputs = session.outputs([target], known=selected)
    sent_again = target.options.command_line | target.options.push_secrets
    values: _Values = {}
    for name in declared:
        given = target.options.parameters.get(name)
        if name in secret_parameters(target.source.document) - sent_again:
            values[name] = UNKNOWN
        elif isinstance(given, str):
            values[name] = given
        elif isinstance(given, StackOutput):
            values[name] = outputs.get(given.stack, {}).get(given.output, UNKNOWN)
        elif (
            given is not None
            or "Default" not in declared[name]
            or (keep_previous and stack is not None and name in stack.parameters)
        ):
            values[name] = _deployed_value(target, stack, name)
    return values


def _deployed_stack(
    session: DeploySession, target: StackToDeploy, *, keep_previous: bool
) -> Stack | None:
    """The deployed stack, read only if values of it may stay."""
    given = target.options.parameters
    keeps = keep_previous or any(isinstance(value, PreviousValue) for value in given.values())
    declared = section(target.source.document, "Parameters")
    missing = any(
        name not in given and "Default" not in parameter for name, parameter in declared.items()
    )
    stack = session.cloud.stack(target.name) if keeps or missing else None
    if stack is not None and rule_for(stack.status, stack.name).action is StatusAction.RECREATE:
        return None
    return stack


def _deployed_value(target: StackToDeploy, stack: Stack | None, name: str) -> str | Marker:
    if stack is None or name in secret_parameters(target.source.document):
        return UNKNOWN
    return stack.parameters.get(name, UNKNOWN)

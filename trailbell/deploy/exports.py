"""
Check exports and imports before the first change: each name needs exactly one stack that has it.

In:    the stacks to deploy, and a `DeploySession`.
Out:   the problems of each stack; the stacks that must be deployed first.
Never: a problem that is not certain. Without the permission to list exports nothing is checked, and
       the person is informed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from collections.abc import Iterator, Mapping, Sequence

from trailbell.aws.stack import Export
from trailbell.deploy.dependencies import evaluator_of, export_names
from trailbell.deploy.session import DeploySession
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.ui import Ui
from trailbell.errors import AwsError
from trailbell.template.exports import ExportNames
from trailbell.template.name_parameters import (
    describe_parameter,
    export_parameters,
    import_parameters,
)

_MAX_NAMES = 3
_Names = Mapping[str, ExportNames]


def export_problems(
    session: DeploySession, targets: Sequence[StackToDeploy], ui: Ui
) -> Iterator[tuple[str, str]]:
    """Yield the problems of all stacks, each with the name of the stack in ``dist/``.

    A stack must not export what another stack exports, or import what none exports.
    """
    names = _names(session, targets)
    exported = frozenset(name for each in names.values() for name in each.exports)
    any_unknown = any(each.unknown_exports for each in names.values())
    unresolved = {stack: each.imports - each.uncertain - exported for stack, each in names.items()}
    if not (exported or any(unresolved.values())):
        return
    yield from _exported_twice(session, targets, names)
    try:
        in_account = session.cloud.exports()
    except AwsError as error:
        ui.info(
            "The exports of the account could not be read, so the names that the stacks export and "
            f"import are not checked: {error}"
        )
        return
    for target in targets:
        yield from _taken_names(session, target, names[target.stack], in_account)
        missing = frozenset() if any_unknown else unresolved[target.stack] - in_account.keys()
        yield from _missing_imports(session, target, missing)


def _exported_twice(
    session: DeploySession, targets: Sequence[StackToDeploy], names: _Names
) -> Iterator[tuple[str, str]]:
    """Names that two of the stacks to deploy would export."""
    owners: dict[str, str] = {}
    for target in targets:
        taken: dict[str, list[str]] = {}
        for name in sorted(names[target.stack].exports - names[target.stack].uncertain):
            owner = owners.setdefault(name, target.stack)
            if owner != target.stack:
                taken.setdefault(owner, []).append(name)
        for owner, of_owner in taken.items():
            text = f"exports {_quoted(of_owner)}, as stack {owner} does"
            yield target.stack, f"{text}\n{_way_out(session, target)}"


def _taken_names(
    session: DeploySession,
    target: StackToDeploy,
    names: ExportNames,
    in_account: Mapping[str, Export],
) -> Iterator[tuple[str, str]]:
    """Names that another stack of the account exports already."""
    taken: dict[str, list[str]] = {}
    for name in sorted(names.exports - names.uncertain):
        owner = in_account[name].stack if name in in_account else target.name
        if owner != target.name:
            taken.setdefault(owner, []).append(name)
    for owner, of_owner in taken.items():
        text = f"exports {_quoted(of_owner)}, which stack {owner} exports already"
        yield target.stack, f"{text}\n{_way_out(session, target)}"


def _way_out(session: DeploySession, target: StackToDeploy) -> str:
    names = export_parameters(evaluator_of(target, session.pseudo_parameters))
    change = f"Give this stack another {' or '.join(names)}" if names else "Change the names"
    return f"A name can exist once in an account and Region. {change}, or delete the other stack."


def _missing_imports(
    session: DeploySession, target: StackToDeploy, missing: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Imports that no stack exports, together if a parameter decides about several of them."""
    evaluator = evaluator_of(target, session.pseudo_parameters)
    together: list[tuple[tuple[str, ...], list[str]]] = []
    for name in sorted(missing):
        parameters, names = import_parameters(evaluator, name), [name]
        for group in [each for each in together if _have_common(each[0], parameters)]:
            together.remove(group)
            parameters, names = (*group[0], *parameters), group[1] + names
        together.append((tuple(dict.fromkeys(parameters)), names))
    for parameters, names in together:
        text = f"imports {_quoted(names)}, which no stack in {session.region} exports\n"
        them = "it" if len(names) == 1 else "them"
        if parameters:
            text += f"Deploy the stack that exports {them}, or correct the parameters:"
            text += "".join(f"\n  {describe_parameter(evaluator, name)}" for name in parameters)
        else:
            text += f"Deploy the stack that exports {them}."
        yield target.stack, text


def _have_common(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two imports depend on one parameter, or both on none."""
    return some == others or not set(some).isdisjoint(others)


def exporters_to_deploy(
    session: DeploySession, targets: Sequence[StackToDeploy]
) -> Mapping[str, tuple[str, ...]]:
    """Return, by stack, the other stacks whose exports it imports and that do not export them yet.

    Without the permission to list exports, that is not known, and nothing is returned.
    """
    names = _names(session, targets)
    exported_by = {name: stack for stack, each in names.items() for name in each.exports}
    wanted = {
        stack: {exported_by[name]: name for name in sorted(each.imports & exported_by.keys())}
        for stack, each in names.items()
    }
    if not any(wanted.values()):
        return {}
    try:
        in_account = session.cloud.exports().keys()
    except AwsError:
        return {}
    return {
        stack: tuple(
            exporter
            for exporter, name in exporters.items()
            if exporter != stack and name not in in_account
        )
        for stack, exporters in wanted.items()
    }


def _quoted(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return ", ".join(f'"{name}"' for name in names[:_MAX_NAMES]) + more


def _names(session: DeploySession, targets: Sequence[StackToDeploy]) -> _Names:
    return {
        target.stack: export_names(target.source, target.options, session.pseudo_parameters)
        for target in targets
    }

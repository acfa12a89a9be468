"""
The order in which the stacks of an environment are deployed.

In:    templates, and settings (names, parameters, dependencies, parameters from outputs).
Out:   the stacks that each stack depends on.
Never: an order where none is needed. `trailbell.template.exports` evaluates the names of exports.
"""

from collections.abc import Mapping

from trailbell.deploy.environment import Environment, StackOutput, StackSettings
from trailbell.deploy.target import StackToDeploy
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.template import exports
from trailbell.template.evaluate import UNKNOWN, Evaluator, Scope
from trailbell.template.exports import ExportNames


def export_names(
    source: BuiltTemplate, options: StackSettings, pseudo: Mapping[str, str]
) -> ExportNames:
    """Evaluate the names that a stack exports and imports.

    ``pseudo`` are the pseudo parameters that are known.
    """
    return exports.export_names(source.document, _scope(options, pseudo))


def evaluator_of(target: StackToDeploy, pseudo: Mapping[str, str]) -> Evaluator:
    """An evaluator of the template of a stack, as far as its values are in the settings."""
    return Evaluator(target.source.document, _scope(target.options, pseudo))


def _scope(options: StackSettings, pseudo: Mapping[str, str]) -> Scope:
    parameters = {
        name: value if isinstance(value, str) else UNKNOWN
        for name, value in options.parameters.items()
    }
    return Scope(parameters=parameters, pseudo={"AWS::StackName": options.stack_name, **pseudo})


def dependencies(
    sources: tuple[BuiltTemplate, ...], environment: Environment
) -> Mapping[str, frozenset[str]]:
    """Return, for each of these stacks, the others that must be deployed before it.

    A name that cannot be evaluated is compared by its text.
    """
    pseudo = {"AWS::Region": environment.region, "AWS::AccountId": environment.account}
    known = {name: value for name, value in pseudo.items() if value}
    names = {
        source.stack: export_names(source, environment.settings_for(source.stack), known)
        for source in sources
    }
    exported_by = {
        name: stack
        for stack, each in names.items()
        for name in (*each.exports, *each.unknown_exports)
    }
    by_stack = {}
    for source in sources:
        options, own = environment.settings_for(source.stack), names[source.stack]
        needed = {exported_by.get(name) for name in own.imports | own.unknown_imports}
        needed |= set(options.depends_on)
        needed |= {
            value.stack for value in options.parameters.values() if isinstance(value, StackOutput)
        }
        others = names.keys() - {source.stack}
        by_stack[source.stack] = frozenset(name for name in needed if name in others)
    return by_stack

"""
Parameter values that contradict each other, or the place where a stack is deployed.

In:    a template, and a `Scope` with the values of parameters and pseudo parameters.
Out:   `Contradictions`: what would make the deployment fail, and what is not known before it.
Never: a problem that is not certain, or the value of a NoEcho parameter.
"""

from dataclasses import dataclass

from trailbell.template import Template
from trailbell.template.evaluate import Scope
from trailbell.template.key_locations import misplaced_keys, names_keys
from trailbell.template.lifecycles import late_transitions, names_transitions
from trailbell.template.resources import section
from trailbell.template.rules import check_rules


@dataclass(frozen=True, kw_only=True)
class Contradictions:
    """``problems`` are sentences; ``unknown_rules`` only CloudFormation can evaluate."""

    problems: tuple[str, ...] = ()
    unknown_rules: tuple[str, ...] = ()


def find_contradictions(template: Template, scope: Scope) -> Contradictions:
    """Check the Rules of a template, and what its Rules cannot express."""
    rules = check_rules(template, scope)
    problems = [f"the parameters violate {violation}" for violation in rules.violations]
    problems += [str(key) for key in misplaced_keys(template, scope)]
    problems += late_transitions(template, scope)
    return Contradictions(problems=tuple(problems), unknown_rules=rules.unknown)


def can_contradict(template: Template) -> bool:
    """Whether a template has anything to check."""
    has_rules = bool(section(template, "Rules"))
    return has_rules or names_keys(template) or names_transitions(template)

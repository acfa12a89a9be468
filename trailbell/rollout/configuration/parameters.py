"""
The values of the parameters that a StackSet should have.

In:    a `RolloutConfig`, a template.
Out:   values: of the settings, else the defaults; the NoEcho parameters to send.
Never: a value that AWS has.
"""

from trailbell.aws.parameters import parameter_value
from trailbell.rollout.configuration.config import RolloutConfig
from trailbell.template import Template
from trailbell.template.resources import section


def pushed_secrets(rollout: RolloutConfig, account: str = "") -> frozenset[str]:
    """NoEcho parameters to send to the StackSet, or to the stack of an account."""
    given = rollout.parameters.keys() | rollout.parameter_overrides.get(account, {}).keys()
    return frozenset(rollout.push_secrets) & given


def stack_set_parameters(rollout: RolloutConfig, template: Template) -> dict[str, str]:
    """All parameters of a template, with the values that the StackSet should have."""
    declared = section(template, "Parameters")
    return default_values(template) | {
        name: value for name, value in rollout.parameters.items() if name in declared
    }


def default_values(template: Template) -> dict[str, str]:
    """The defaults of a template's parameters. Some responses of AWS leave them out."""
    return {
        name: parameter_value(declared["Default"]) or str(declared["Default"])
        for name, declared in section(template, "Parameters").items()
        if "Default" in declared
    }

"""
The names of parameters in the settings, held against the templates of a build.

In:    environments; templates.
Out:   an error for each name that no template has. ``deploy`` would refuse it, in its account.
Never: values. They can depend on the account.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trailbell.deploy.environment import Environment
from trailbell.deploy.parameters import unknown_parameter
from trailbell.errors import ContentError
from trailbell.template.resources import section


def unknown_parameters(
    environments: Iterable[Environment], templates: Mapping[str, Mapping[str, Any]]
) -> Iterator[ContentError]:
    """An error for each parameter of a stack that its template does not have."""
    for environment in environments:
        for stack, settings in environment.stacks.items():
            if stack not in templates:
                continue
            declared = section(templates[stack], "Parameters")
            for name in settings.parameters:
                if name not in declared and name not in settings.shared:
                    error = unknown_parameter(
                        settings.origin_of(name), name, "does not exist in the template", declared
                    )
                    yield error.as_content()

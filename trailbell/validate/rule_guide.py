"""
What a rule wants, why, and an example of each kind: the docstring of its class, read in parts.

In:    the class of a rule.
Out:   its guide. ``trailbell explain`` and the page of the rule show it.
Never: a rule without one of the parts.

The docstring is Markdown: why the rule exists, then three headings, ``## Fails`` and ``## Passes``
with a template each, and ``## Silent`` with a list of what the rule leaves out on purpose.
"""

import inspect
import re
from dataclasses import dataclass
from typing import Any

from trailbell.validate.finding import Level, level_of

_PARTS = re.compile(
    r"(?P<why>.+?)\n\n## Fails\n\n```yaml\n(?P<fails>.+?)```\n\n## Passes\n\n```yaml\n"
    r"(?P<passes>.+?)```\n\n## Silent\n\n(?P<silent>.+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class RuleGuide:
    """What a person wants to know of a rule. ``fails`` and ``passes`` are templates in YAML."""

    id: str
    name: str
    level: Level
    requirement: str
    url: str
    why: str
    fails: str
    passes: str
    silent: str


def rule_guide(rule: Any) -> RuleGuide:
    """The guide of a rule, from its class. Raises `ValueError` if a part is missing."""
    parts = _PARTS.fullmatch(inspect.cleandoc(rule.__doc__ or ""))
    if parts is None:
        raise ValueError(
            f"the docstring of {rule.__name__} needs a reason, then ## Fails and ## Passes, each "
            "with a YAML block, and ## Silent with a list, in this order"
        )
    return RuleGuide(
        id=rule.id,
        name=rule.shortdesc,
        level=level_of(rule.id),
        requirement=rule.description,
        url=rule.source_url,
        **parts.groupdict(),
    )

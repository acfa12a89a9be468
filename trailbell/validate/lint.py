"""
cfn-lint in process, with our rules beside its own.

In:    the YAML of a template, and Regions.
Out:   findings, each with its path in the template.
Never: a template read twice. What is linted is what YAML says, and it must say what JSON says.

Importing cfn-lint takes about 0.4 s and loading its rules 0.2 s, so both happen once, and only
when a verdict is not in the cache; rubbish collection costs another fifth and is left off.
"""

import os
from pathlib import Path
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.match import Match
from cfnlint.runner import Runner

from trailbell.validate.finding import Finding, Level
from trailbell.validate.garbage_collection import garbage_collection_paused

RULES = Path(__file__).resolve().parent / "rules"

_LEVELS = {"E": Level.ERROR, "W": Level.WARNING, "I": Level.INFORMATION}


class Linter:
    """cfn-lint for some Regions, with its rules loaded once."""

    def __init__(self, regions: tuple[str, ...]) -> None:
        # No configuration but ours: a .cfnlintrc in the folder one stands in, or in one's home,
        # would change verdicts, and the cache does not know of it.
        alone = ["--config-file", os.devnull]
        with garbage_collection_paused():
            self._runner = Runner(
                ConfigMixIn(
                    alone, regions=list(regions), append_rules=[str(RULES)], include_checks=["I"]
                )
            )

    def findings(self, stack: str, document: dict[str, Any], yaml: str) -> tuple[Finding, ...]:
        """What is wrong with a template, in the order of the template."""
        with garbage_collection_paused():
            template, matches = decode_str(yaml)
            if not matches:
                if template != document:
                    return (_different(stack),)
                matches = self._runner.validate_template(template)
            return tuple(_finding(stack, match) for match in matches)


def _finding(stack: str, match: Match) -> Finding:
    return Finding(
        stack=stack,
        rule=match.rule.id,
        name=match.rule.shortdesc,
        level=_LEVELS[match.rule.id[0]],
        message=" ".join(match.message.split()),
        # Names that cfn-lint gives are texts that know their line, which no other process can read.
        path=tuple(p if isinstance(p, int) else str(p) for p in getattr(match, "path", None) or ()),
        url=match.rule.source_url,
    )


def _different(stack: str) -> Finding:
    return Finding(
        stack=stack,
        rule="T0001",
        name="formats-differ",
        level=Level.ERROR,
        message="the YAML does not say what the JSON says; a value has no YAML form here",
    )

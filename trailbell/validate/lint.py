"""
Run cfn-lint in this process, with its rules and ours.

In:    the YAML of a template, and Regions.
Out:   findings, each with its path in the template.
Never: a template whose YAML and JSON differ. The YAML is linted, after it was compared.

Importing cfn-lint takes about 0.4 s and loading its rules 0.2 s. Both happen once, and only if a
result is not in the cache. Garbage collection is paused, which saves another 20 %.

cfn-lint combines the Regions of each text with those of every other one, and asks for each whether
conditions and Rules allow it. 40 Regions at once take minutes and gigabytes for a template with 24
conditions, so it gets a few at a time.
"""

import os
from pathlib import Path
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.match import Match
from cfnlint.runner import Runner

from trailbell.validate.finding import Finding, Level, level_of
from trailbell.validate.garbage_collection import garbage_collection_paused

RULES = Path(__file__).resolve().parent / "rules"

_REGIONS_AT_A_TIME = 8


class Linter:
    """cfn-lint for some Regions. Its rules are loaded once."""

    def __init__(self, regions: tuple[str, ...]) -> None:
        # A .cfnlintrc in the working directory or the home directory would change results without
        # changing the cache key, so no other configuration is read.
        arguments = ["--config-file", os.devnull]
        with garbage_collection_paused():
            self._runners = [
                Runner(
                    ConfigMixIn(
                        arguments,
                        regions=list(regions[start : start + _REGIONS_AT_A_TIME]),
                        append_rules=[str(RULES)],
                        include_checks=["I"],
                    )
                )
                for start in range(0, len(regions), _REGIONS_AT_A_TIME)
            ]

    def findings(self, stack: str, document: dict[str, Any], yaml: str) -> tuple[Finding, ...]:
        """The findings in a template, in its order."""
        with garbage_collection_paused():
            template, matches = decode_str(yaml)
            if not matches:
                if template != document:
                    return (_formats_differ(stack),)
                matches = [
                    m for runner in self._runners for m in runner.validate_template(template)
                ]
                if len(self._runners) > 1:
                    matches.sort(key=lambda match: (match.linenumber, match.columnnumber))
            return tuple(dict.fromkeys(_finding(stack, match) for match in matches))


def _finding(stack: str, match: Match) -> Finding:
    return Finding(
        stack=stack,
        rule=match.rule.id,
        name=match.rule.shortdesc,
        level=level_of(match.rule.id),
        message=" ".join(match.message.split()),
        # cfn-lint's names are a subclass of str with a line, which other processes cannot unpickle.
        path=tuple(p if isinstance(p, int) else str(p) for p in getattr(match, "path", None) or ()),
        url=match.rule.source_url,
    )


def _formats_differ(stack: str) -> Finding:
    return Finding(
        stack=stack,
        rule="T0001",
        name="formats-differ",
        level=Level.ERROR,
        message="The YAML and the JSON of the template differ. A value cannot be written as YAML.",
    )

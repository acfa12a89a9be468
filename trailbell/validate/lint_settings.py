"""
What the settings say of findings: ``[lint]`` in ``trailbell.toml``.

In:    the settings.
Out:   the Regions to check in, and the rules whose findings do not stop a build, each with the
       reason.
Never: a rule ignored without a reason, or one whose finding means that the output is unusable.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trailbell.settings import Table
from trailbell.validate.regions import DEFAULT, check_regions, known_regions

_ID = re.compile(r"[EWI][0-9]{4}|T000[0-5]")
# The template cannot be read, its formats differ, or CloudFormation refuses its size.
_NEVER = re.compile(r"E00.*|T000[0-2]")


def can_be_ignored(rule: str) -> bool:
    """Whether the settings may let the findings of a rule pass."""
    return not _NEVER.fullmatch(rule)


@dataclass(frozen=True)
class LintSettings:
    """``check_regions`` are those of this run, ``usual`` those without any on the command line.

    ``ignore`` maps the id of a rule to the reason for which its findings pass.
    """

    regions: tuple[str, ...] = DEFAULT
    ignore: Mapping[str, str] = field(default_factory=dict)
    usual: tuple[str, ...] = DEFAULT


def lint_settings(settings: Table, wanted: Sequence[str] = ()) -> LintSettings:
    """What ``[lint]`` says; Regions that are ``wanted`` on the command line come before its own.

    Raises `trailbell.errors.SettingsError`, or `trailbell.errors.UnknownName` for a Region.
    """
    table = settings.table("lint")
    if table is None:
        return LintSettings(check_regions(wanted))
    own = table.strings("regions")
    for name in own or ():
        if name not in known_regions():
            names = frozenset(known_regions())
            raise table.error("regions", f'"{name}"', "no Region", known=names, name=name)
    if own == ():
        raise table.error("regions", "an empty list", "name one at least, or leave it out")
    ignore = table.table("ignore")
    table.reject_unknown_keys()
    usual = check_regions(own or ())
    return LintSettings(
        check_regions(wanted) if wanted else usual, _reasons(ignore) if ignore else {}, usual
    )


def _reasons(table: Table) -> dict[str, str]:
    found = {}
    for rule in table.values:
        if not _ID.fullmatch(rule):
            raise table.error(rule, "", "the id of a rule, like W2001")
        if not can_be_ignored(rule):
            raise table.error(rule, "", "what this rule finds cannot be deployed; correct it")
        reason = table.string(rule) or ""
        if not reason.strip():
            raise table.error(rule, '""', "say why its findings are right here")
        found[rule] = reason
    return found

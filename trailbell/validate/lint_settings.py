"""
Settings of the validation: ``[lint]`` in ``trailbell.toml``.

In:    the settings.
Out:   the Regions to validate for, and the rules whose findings do not stop a build, each with a
       reason.
Never: a rule that is ignored without a reason, or one whose finding makes the output unusable.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trailbell.settings import Table
from trailbell.validate.regions import DEFAULT, check_regions, known_regions

# The template cannot be read, its formats differ, or CloudFormation rejects its size.
_NOT_IGNORABLE = re.compile(r"E00.*|T000[0-2]")


def can_be_ignored(rule: str) -> bool:
    """Whether the settings may ignore the findings of a rule."""
    return not _NOT_IGNORABLE.fullmatch(rule)


@dataclass(frozen=True)
class LintSettings:
    """``regions`` are those of this run, ``usual`` those without any on the command line.

    ``ignore`` maps the id of a rule to the reason why its findings are ignored.
    """

    regions: tuple[str, ...] = DEFAULT
    ignore: Mapping[str, str] = field(default_factory=dict)
    usual: tuple[str, ...] = DEFAULT


def lint_settings(settings: Table, regions: Sequence[str] = ()) -> LintSettings:
    """Read ``[lint]``. ``regions`` from the command line replace those of the settings.

    Raises `trailbell.errors.SettingsError`, or `trailbell.errors.UnknownNameError` for a Region.
    """
    table = settings.table("lint")
    if table is None:
        return LintSettings(check_regions(regions))
    configured = table.strings("regions")
    for name in configured or ():
        if name not in known_regions():
            names = frozenset(known_regions())
            raise table.error("regions", f'unknown Region "{name}"', "", known=names, name=name)
    ignore = table.table("ignore")
    usual = check_regions(configured or ())
    return LintSettings(
        check_regions(regions) if regions else usual, _reasons(ignore) if ignore else {}, usual
    )


def _reasons(table: Table) -> dict[str, str]:
    reasons = {}
    for rule in table.names():
        if not can_be_ignored(rule):
            raise table.error(
                rule, "cannot be ignored", "fix what the rule finds; it cannot be deployed"
            )
        reason = table.string(rule) or ""
        if not reason.strip():
            raise table.error(rule, "has no reason", "say why its findings are acceptable")
        reasons[rule] = reason
    return reasons

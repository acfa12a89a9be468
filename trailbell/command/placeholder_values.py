"""
The names of resources in patterns, as ``--placeholder`` gives them.

In:    ``NAME=VALUE``, and the detections that are evaluated.
Out:   the values by name; a note about detections that cannot match without theirs.
Never: a name that no pattern has.
"""

from collections.abc import Iterable, Mapping

from trailbell.catalog.detection import Detection
from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.command.output import print_note
from trailbell.deploy.parameters import parse_assignments
from trailbell.errors import UnknownNameError

_MOST_NAMED = 3


def read_placeholders(assignments: tuple[str, ...]) -> dict[str, str]:
    """The values of ``--placeholder``. Raises `UnknownNameError` and `SettingsError`."""
    values = parse_assignments(assignments, "--placeholder")
    for name in values:
        if name not in PLACEHOLDERS:
            raise UnknownNameError("placeholder", name, PLACEHOLDERS)
    return values


def note_missing_placeholders(deployed: Iterable[Detection], values: Mapping[str, str]) -> None:
    """Name the detections that cannot match, because the values of placeholders are missing."""
    missing = {each.id: set(each.placeholders) - set(values) for each in deployed}
    incomplete = [name for name, without in missing.items() if without]
    if not incomplete:
        return
    names = ", ".join(sorted(set().union(*missing.values())))
    more = len(incomplete) - _MOST_NAMED
    listed = ", ".join(incomplete[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    match = "matches" if len(incomplete) == 1 else "match"
    print_note(
        f"{listed} {match} sample names only. For the names of your resources, use "
        f"--placeholder for {names}."
    )

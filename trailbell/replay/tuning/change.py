"""
A change of the settings of one detection, and the detection with it.

In:    a detection as it is written, the settings that are in use, and changes.
Out:   the detection as `trailbell.catalog.selection` deploys it with these changes; the settings
       with them as text.
Never: a meaning of its own of an exclusion. `Exclusions` decides which events count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from trailbell.catalog import self_test
from trailbell.catalog.detection import Catalog, Detection, Severity
from trailbell.catalog.exclusion import Exclusions, read_exclusions
from trailbell.catalog.selection import Selection, Tuning, apply_selection
from trailbell.errors import SettingsError
from trailbell.pattern import Outcome
from trailbell.project.root import FILE
from trailbell.replay.tuning.settings_edit import with_exclusion, with_threshold
from trailbell.replay.tuning.toml_statements import quoted
from trailbell.settings import Table


@dataclass(frozen=True)
class Exclusion:
    """Events with this value do not count. ``key`` is that of ``exclude``: ``roles``."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"exclude = {{ {self.key} = [{quoted(self.value)}] }}"

    def write(self, text: str, detection: str, file: str) -> str:
        """The settings with it. Raises `SettingsError`."""
        return with_exclusion(text, detection, self.key, self.value, file=file)


@dataclass(frozen=True)
class Count:
    """The alarm triggers at ``threshold`` events in a period of so many seconds.

    None is as it was.
    """

    threshold: int | None = None
    period: int | None = None

    def __str__(self) -> str:
        given = {"threshold": self.threshold, "period": self.period}
        return ", ".join(f"{key} = {value}" for key, value in given.items() if value is not None)

    def write(self, text: str, detection: str, file: str) -> str:
        """The settings with it. Raises `SettingsError`."""
        return with_threshold(text, detection, self.threshold, self.period, file=file)


Change = Exclusion | Count


@dataclass(frozen=True)
class Deployment:
    """
    The detections as they are written, and what the settings in use select.

    ``placeholders`` are the values of resources in patterns, as the replay has them.
    """

    written: Catalog
    selection: Selection
    placeholders: Mapping[str, str]

    def tune(self, detection: str, changes: Sequence[Change]) -> Detection:
        """One detection with the settings in use and these changes.

        Raises `SettingsError` if the settings would refuse them: a value that no record can hold,
        an exclusion of nothing or of everything.
        """
        tunings = dict(self.selection.tunings)
        tuning = tunings.get(detection, Tuning())
        for change in changes:
            tuning = _with_change(tuning, detection, change)
        tunings[detection] = tuning
        log_alarms = self.selection.log_alarms & {detection, *Severity}
        selection = replace(self.selection, tunings=tuple(tunings.items()), log_alarms=log_alarms)
        only = replace(self.written, detections=(self.written.get(detection),))
        (tuned,) = apply_selection(only, selection)
        return tuned


def conditions_of(detection: str, change: Exclusion) -> Exclusions:
    """The exclusion as the settings read it. Raises `SettingsError`."""
    values = {"catalog": {"detection": {detection: {"exclude": {change.key: [change.value]}}}}}
    table = Table(FILE, "", values)
    for name in ("catalog", "detection", detection):
        below = table.table(name)
        if below is None:
            raise KeyError(name)
        table = below
    return read_exclusions(table, frozenset({change.value}))


def _with_change(tuning: Tuning, detection: str, change: Change) -> Tuning:
    if isinstance(change, Count):
        return replace(
            tuning,
            threshold=change.threshold or tuning.threshold,
            period=change.period or tuning.period,
        )
    values = dict(tuning.exclude.patterns_by_field)
    for key, added in conditions_of(detection, change).patterns_by_field:
        values[key] = tuple(dict.fromkeys((*values.get(key, ()), *added)))
    return replace(tuning, exclude=Exclusions(tuple(values.items())))


def hidden_example(before: Detection, after: Detection) -> str:
    """The first sample event that must make the detection fire, and no longer does; or empty.

    Its description, as it is written. A sample that the settings in use exclude already is none.
    """
    for example in before.fires:
        event = dict(example.event)
        outcomes = [each.filter_pattern.test_record(event) for each in (before, after)]
        if outcomes[0] is Outcome.MATCH and outcomes[1] is not Outcome.MATCH:
            return example.description
    return ""


@dataclass(frozen=True)
class Refusal:
    """Why a detection must not have changes, as a clause. If ``is_full``, no change will fit."""

    reason: str
    is_full: bool = False


def refusal(before: Detection, deployment: Deployment, changes: Sequence[Change]) -> Refusal | None:
    """Why a detection must not have these changes; None if it may."""
    try:
        after = deployment.tune(before.id, changes)
    except SettingsError as error:
        return Refusal(f"the settings refuse it: {error.problem}")
    if faults := self_test.check_tuned(replace(deployment.written, detections=(after,))):
        return Refusal(f"with it, {faults[0].problem}", is_full=True)
    hidden = hidden_example(before, after)
    return Refusal(f'it would hide the sample event "{hidden}"') if hidden else None


def with_changes(text: str, changes: Iterable[tuple[str, Change]], file: str) -> str:
    """The settings with changes of detections, by their IDs. Raises `SettingsError`."""
    for detection, change in changes:
        text = change.write(text, detection, file)
    return text

"""
Which detections are deployed, and how they are tuned: ``[catalog]`` in ``trailbell.toml``.

In:    a table of settings, and the catalog as it is written.
Out:   a `Selection`, and the catalog with it applied.
Never: an unknown word. Unknown packs and detections are errors that name the nearest known one.

::

    [catalog]
    packs = ["essentials", "identity"]            # default: all packs
    disable = ["iam-changes"]
    enable = ["access-key-write-without-session"]     # opt-in detections
    exclude = { roles = ["Deployer"], services = ["autoscaling.amazonaws.com"] }
    own_accounts = ["123456789012"]               # see trailbell.catalog.known_values
    metric_default_value = false                  # cheaper, see Costs in the documentation
    log_alarms = ["high", "unauthorized-api-calls"]   # severities and detections

    [catalog.detection.route-table-changes]
    severity = "high"
    threshold = 3
    period = 300
    exclude = { source_ips = ["192.0.2.*"] }

``[catalog] exclude`` does not apply to detections that guard the alarms themselves or report leaked
credentials; ``[catalog.detection.ID] exclude`` does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from trailbell import pattern
from trailbell.catalog.detection import Catalog, Detection, Severity, Timing
from trailbell.catalog.exclusion import Exclusions, read_exclusions
from trailbell.catalog.known_values import KnownValues, read_known_values, with_own_accounts
from trailbell.catalog.log_alarm_selection import (
    log_alarm_notes,
    read_log_alarms,
    with_log_alarms,
)
from trailbell.catalog.pack import Pack
from trailbell.catalog.weakened import find_weakened
from trailbell.errors import SettingsError
from trailbell.pattern.ast import Condition, JsonPattern
from trailbell.pattern.simplify import simplify
from trailbell.project.root import FILE
from trailbell.settings import Table
from trailbell.wording import list_names


@dataclass(frozen=True)
class Tuning:
    """The settings of one detection; None keeps what was written."""

    severity: Severity | None = None
    threshold: int | None = None
    period: int | None = None
    metric_default_value: bool | None = None
    exclude: Exclusions = field(default_factory=Exclusions)


@dataclass(frozen=True)
class Selection:
    """What is selected and tuned. ``section`` is the name of the table in the settings."""

    packs: tuple[Pack, ...] = ()
    enable: frozenset[str] = frozenset()
    disable: frozenset[str] = frozenset()
    exclude: Exclusions = field(default_factory=Exclusions)
    known_values: KnownValues = field(default_factory=KnownValues)
    metric_default_value: bool | None = None
    log_alarms: frozenset[str] = frozenset()
    tunings: tuple[tuple[str, Tuning], ...] = ()
    section: str = "catalog"


def read_selection(settings: Table, written: Catalog) -> Selection:
    """Read ``[catalog]``. Without it, everything that is not opt-in is selected.

    Raises `trailbell.errors.SettingsError`.
    """
    table = settings.table("catalog")
    if table is None:
        return Selection(packs=written.packs)
    by_id = {detection.id: detection for detection in written}
    event_names = frozenset().union(*map(_event_names, written))
    packs = _known(table, "packs", frozenset(map(str, written.packs)), "pack")
    selection = Selection(
        packs=tuple(p for p in written.packs if packs is None or p.name in packs),
        enable=frozenset(_known(table, "enable", frozenset(by_id), "detection") or ()),
        disable=frozenset(_known(table, "disable", frozenset(by_id), "detection") or ()),
        exclude=read_exclusions(table, event_names),
        known_values=read_known_values(table),
        metric_default_value=table.boolean("metric_default_value"),
        log_alarms=read_log_alarms(table, by_id),
        tunings=tuple(_tunings(table, by_id, event_names)),
        section=table.path,
    )
    _check_enabled(table, selection, by_id)
    return selection


def _check_enabled(table: Table, selection: Selection, by_id: dict[str, Detection]) -> None:
    """Raise `SettingsError` if a detection is enabled without any effect."""
    for name in sorted(selection.enable):
        packs = by_id[name].packs
        if name in selection.disable:
            other = table.spelling("disable")
            raise table.error(
                "enable", f'"{name}" is also in "{other}"', "remove it from one of the two"
            )
        if not by_id[name].opt_in:
            raise table.error(
                "enable", f'"{name}" is not opt-in', "remove it, the detection is always enabled"
            )
        if not _is_in(selection.packs, by_id[name]):
            raise table.error(
                "enable",
                f'"{name}" is in the pack "{packs[0]}", which is not built',
                f'add "{packs[0]}" to packs',
            )


def _is_in(packs: tuple[Pack, ...], detection: Detection) -> bool:
    """Whether a detection is in one of these packs."""
    return any(pack.name in detection.packs for pack in packs)


def _known(table: Table, key: str, known: frozenset[str], noun: str) -> tuple[str, ...] | None:
    names = table.strings(key)
    for name in names or ():
        if name not in known:
            raise table.error(key, f'unknown {noun} "{name}"', "", known=known, name=name)
    return names


_NAMES = re.compile(r'\$\.eventName\s*=\s*"?(\w+)')


def _event_names(detection: Detection) -> frozenset[str]:
    """The names of the events in a detection's pattern and in its sample events."""
    events = [example.event for example in (*detection.fires, *detection.silent)]
    names = {str(event.get("eventName")) for event in events}
    return frozenset(names | {*_NAMES.findall(detection.pattern_text)})


def _tunings(
    table: Table, by_id: dict[str, Detection], event_names: frozenset[str]
) -> Iterator[tuple[str, Tuning]]:
    for name, below in table.tables("detection"):
        if name not in by_id:
            known = frozenset(by_id)
            raise table.error(
                "detection", f'unknown detection "{name}"', "", known=known, name=name
            )
        severity = below.string("severity")
        tuning = Tuning(
            severity=Severity(severity) if severity else None,
            threshold=below.integer("threshold"),
            period=below.integer("period"),
            metric_default_value=below.boolean("metric_default_value"),
            exclude=read_exclusions(below, event_names),
        )
        if tuning.exclude and by_id[name].verbatim:
            raise below.error(
                "exclude",
                "compliance scanners compare the pattern of this detection verbatim",
                "exclude in its tuned twin, or set the severity of this one to low",
            )
        yield name, tuning


def apply_selection(written: Catalog, selection: Selection) -> Catalog:
    """Return the detections that are deployed, tuned."""
    tunings = dict(selection.tunings)
    tuned = [
        _tune(
            detection,
            tunings.get(detection.id, Tuning()),
            selection,
            is_guard=keeps_out_of_exclusions(detection, written),
        )
        for detection in written
        if detection.id not in selection.disable
        and (not detection.opt_in or detection.id in selection.enable)
        and _is_in(selection.packs, detection)
    ]
    if len(written) and not tuned:
        raise SettingsError(
            file=FILE,
            key=selection.section,
            problem="no detection is enabled",
            hint="enable at least one",
        )
    catalog = Catalog(tuple(tuned), selection.packs)
    return with_log_alarms(catalog, selection.log_alarms, selection.section)


def _tune(
    detection: Detection, tuning: Tuning, selection: Selection, *, is_guard: bool
) -> Detection:
    changes: dict[str, object] = {}
    shared = () if is_guard else selection.exclude.conditions()
    known = selection.known_values
    conditions = [
        *known.conditions(detection.known_values),
        *shared,
        *tuning.exclude.conditions(),
    ]
    if conditions and not detection.verbatim:
        changes["pattern"] = _with_exclusions(detection, conditions, selection.section)
    if known.own_accounts and "OwnAccountId" in detection.placeholders:
        detection = detection.with_changes(**changes)
        changes["pattern"] = _with_own_accounts(detection, known.own_accounts)
    for condition in tuning.exclude.conditions():
        if _with_exclusions(detection, [condition], selection.section) == detection.pattern:
            raise SettingsError(
                file=FILE,
                key=f"{selection.section}.detection.{detection.id}.exclude",
                problem=f"{_as_text(condition)} excludes nothing that this detection matches",
                hint="remove it",
            )
    timing = _tune_timing(detection.timing, tuning, selection)
    if timing != detection.timing:
        changes["timing"] = timing
    if tuning.severity:
        changes["severity"] = tuning.severity
    return detection.with_changes(**changes) if changes else detection


def _tune_timing(timing: Timing, tuning: Tuning, selection: Selection) -> Timing:
    for default_value in (tuning.metric_default_value, selection.metric_default_value):
        if default_value is not None:
            timing = replace(timing, default_value=default_value)
            break
    if tuning.threshold or tuning.period:
        timing = replace(
            timing,
            threshold=tuning.threshold or timing.threshold,
            period=tuning.period or timing.period,
            reason="Set in trailbell.toml.",
        )
    return timing


def keeps_out_of_exclusions(detection: Detection, written: Catalog) -> bool:
    """Whether exclusions for all detections do not apply to this one.

    Events that stop the alarms must always trigger one: a role that is excluded because of its
    frequent events elsewhere could otherwise do the rest unseen. The same holds for credentials
    that AWS reports as leaked.
    """
    return written.guards_alarms(detection) or detection.reports_leaked_credentials


def _as_text(condition: Condition) -> str:
    """A condition as it is written in a pattern."""
    return str(pattern.FilterPattern.of(condition)).strip("{} ")


def _with_exclusions(
    detection: Detection, conditions: list[Condition], section: str
) -> str | Condition:
    """The pattern narrowed by those conditions that have an effect.

    Raises `SettingsError` if no event can match any more.
    """
    tree = pattern.parse(detection.pattern_text, max_length=None).tree
    if not isinstance(tree, JsonPattern):
        return detection.pattern
    narrowed = simplify(pattern.all_of(tree.condition, *conditions))
    if narrowed is None:
        raise SettingsError(
            file=FILE,
            key=section,
            problem=f'the exclusions exclude every event of "{detection.id}"',
            hint="exclude less, or disable the detection",
        )
    return detection.pattern if narrowed == simplify(tree.condition) else narrowed


def _with_own_accounts(detection: Detection, accounts: tuple[str, ...]) -> str | Condition:
    tree = pattern.parse(detection.pattern_text, max_length=None).tree
    if not isinstance(tree, JsonPattern):
        return detection.pattern
    return with_own_accounts(tree.condition, accounts)


_GUARDS = "detections that guard the alarms or report leaked credentials"


def notes(written: Catalog, selection: Selection, deployed: Catalog) -> tuple[str, ...]:
    """Sentences about the effect of the settings, for a person."""
    section = selection.section
    conditions = [*selection.exclude.conditions()]
    unaffected = [
        detection
        for detection in deployed
        if (detection.verbatim or keeps_out_of_exclusions(detection, written))
        and _is_narrowed(detection, conditions)
    ]
    guards = [d.id for d in unaffected if keeps_out_of_exclusions(d, written)]
    verbatim = [d.id for d in unaffected if not keeps_out_of_exclusions(d, written)]
    weakened = [d for d in deployed if d.pattern != written.get(d.id).pattern]
    weakened_guards = [d.id for d in weakened if keeps_out_of_exclusions(d, written)]
    lines = []
    if guards:
        lines.append(
            f"{section}.exclude does not apply to {_GUARDS}: {', '.join(guards)}; to exclude "
            f"events of one of them, use [{section}.detection.ID]"
        )
    if verbatim:
        lines.append(
            f"{section}.exclude does not apply to patterns that compliance scanners compare: "
            f"{list_names(verbatim, 'detection')}"
        )
    if weakened_guards:
        lines.append(f"exclusions weaken {_GUARDS}: {', '.join(weakened_guards)}")
    if weakened:
        names = list_names([d.id for d in weakened], "detection")
        example = find_weakened(written.get(weakened[0].id), weakened[0])
        seen = f"; for example, {example}" if example and example.event else ""
        lines.append(f"exclusions weaken {names}{seen}; see trailbell list")
    return (
        *lines,
        *_notes_on_roles(selection),
        *_notes_on_default_values(deployed),
        *log_alarm_notes(deployed, selection.log_alarms, section),
    )


def _notes_on_default_values(deployed: Catalog) -> Iterator[str]:
    without = [d.id for d in deployed if not (d.timing.default_value or d.log_alarm)]
    if without:
        yield (
            f"{list_names(without, 'detection')}: without metric_default_value the alarm stays in "
            "ALARM longer after a match, and further matches in this time send no notification; "
            "see Costs in the documentation"
        )


def _notes_on_roles(selection: Selection) -> Iterator[str]:
    exclusions = (selection.exclude, *(tuning.exclude for _, tuning in selection.tunings))
    names = dict.fromkeys(name for exclusion in exclusions for name in exclusion.roles_by_name)
    if names:
        first = next(iter(names))
        yield (
            f"{', '.join(names)}: a role name excludes the roles with this name on every path and "
            f'in every account; "/{first}" excludes those without a path, an ARN excludes one role'
        )


def _is_narrowed(detection: Detection, conditions: list[Condition]) -> bool:
    """Whether a detection would match fewer events if they had to satisfy these conditions."""
    if not conditions:
        return False
    try:
        return _with_exclusions(detection, conditions, "") != detection.pattern
    except SettingsError:
        return True

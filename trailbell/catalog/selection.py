"""
What of the catalogue is deployed, and how it is tuned: ``[catalogue]`` in ``trailbell.toml``.

In:    a table of settings, and the catalogue as it is written.
Out:   a `Selection`, and the catalogue with it applied.
Never: a word that nobody knows. Unknown keys, packs and detections are errors that name the
       nearest right one.

::

    [catalogue]
    packs = ["essentials", "tamper"]              # all packs if not given
    off = ["iam-changes"]
    on = ["access-key-write-without-session"]     # those that are opt-in
    exclude = { roles = ["Deployer"], services = ["autoscaling.amazonaws.com"] }

    [catalogue.detection.route-table-changes]
    severity = "high"
    threshold = 3
    period = 300
    exclude = { addresses = ["192.0.2.*"] }

What ``[catalogue] exclude`` says does not apply to detections that guard the alarms themselves or
report leaked credentials; what their own ``[catalogue.detection.ID] exclude`` says does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from trailbell import pattern
from trailbell.catalog.detection import Catalog, Detection, Pack, Severity
from trailbell.catalog.exclusion import Exclusions, exclusions
from trailbell.errors import SettingsError
from trailbell.pattern.ast import Condition, JsonPattern
from trailbell.pattern.simplify import simplify
from trailbell.settings import FILE, Table

_PERIODS = frozenset({10, 20, 30})


@dataclass(frozen=True)
class Tuning:
    """What is different of one detection; None is as it was written."""

    severity: Severity | None = None
    threshold: int | None = None
    period: int | None = None
    exclude: Exclusions = field(default_factory=Exclusions)


@dataclass(frozen=True)
class Selection:
    """What is chosen and tuned, as read from settings."""

    packs: tuple[Pack, ...] = tuple(Pack)
    on: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    exclude: Exclusions = field(default_factory=Exclusions)
    tunings: tuple[tuple[str, Tuning], ...] = ()


def read_selection(settings: Table, written: Catalog) -> Selection:
    """The selection in ``[catalogue]``; everything that is not opt-in if there is none.

    Raises `trailbell.errors.SettingsError`.
    """
    table = settings.table("catalogue")
    if table is None:
        return Selection()
    by_id = {detection.id: detection for detection in written}
    watched = frozenset().union(*map(_event_names, written))
    packs = _known(table, "packs", frozenset(map(str, Pack)))
    if packs == ():
        raise table.error("packs", "an empty list", "choose at least one, or leave it out")
    chosen = Selection(
        packs=tuple(pack for pack in Pack if packs is None or pack in packs),
        on=frozenset(_known(table, "on", frozenset(by_id)) or ()),
        off=frozenset(_known(table, "off", frozenset(by_id)) or ()),
        exclude=exclusions(table, watched),
        tunings=tuple(_tunings(table, by_id, watched)),
    )
    _check_switches(table, chosen, by_id)
    table.reject_unknown_keys()
    return chosen


def _check_switches(table: Table, chosen: Selection, by_id: dict[str, Detection]) -> None:
    """Refuse switches that would do nothing."""
    for name in sorted(chosen.on):
        packs = by_id[name].packs
        if name in chosen.off:
            raise table.error("on", f'"{name}"', "it is in off as well; leave it out of one")
        if not by_id[name].opt_in:
            raise table.error("on", f'"{name}"', "it is on without that; name opt-in ones only")
        if not any(pack in chosen.packs for pack in packs):
            raise table.error(
                "on", f'"{name}"', f"its pack {packs[0]} is not built; add that to packs"
            )


def _known(table: Table, key: str, known: frozenset[str]) -> tuple[str, ...] | None:
    found = table.strings(key)
    for name in found or ():
        if name not in known:
            raise table.error(key, f'"{name}"', "not known", known=known, name=name)
    return found


_NAMES = re.compile(r'\$\.eventName\s*=\s*"?(\w+)')


def _event_names(detection: Detection) -> frozenset[str]:
    """What the events are called that a detection watches or was tried on."""
    events = [example.event for example in (*detection.fires, *detection.silent)]
    called = {str(event.get("eventName")) for event in events}
    return frozenset(called | {*_NAMES.findall(detection.pattern_text)})


def _tunings(
    table: Table, by_id: dict[str, Detection], watched: frozenset[str]
) -> Iterator[tuple[str, Tuning]]:
    for name, below in table.tables("detection"):
        if name not in by_id:
            known = frozenset(by_id)
            raise table.error("detection", f'"{name}"', "not known", known=known, name=name)
        severity = below.choice("severity", frozenset(map(str, Severity)))
        tuning = Tuning(
            severity=Severity(severity) if severity else None,
            threshold=_positive(below, "threshold"),
            period=_period(below),
            exclude=exclusions(below, watched),
        )
        if tuning.exclude and by_id[name].verbatim:
            raise below.error(
                "exclude",
                "exclusions",
                "an auditor wants the text of this detection to the letter; exclude in its tuned "
                "twin, or give this one the severity low",
            )
        below.reject_unknown_keys()
        yield name, tuning


def _positive(table: Table, key: str) -> int | None:
    found = table.integer(key)
    if found is not None and found < 1:
        raise table.error(key, str(found), "1 or more")
    return found


def _period(table: Table) -> int | None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""
    found = _positive(table, "period")
    if found is not None and found % 60 and found not in _PERIODS:
        raise table.error("period", str(found), "10, 20, 30 or a multiple of 60 seconds")
    if found is not None and found > 86_400:
        raise table.error("period", str(found), "86400 seconds, a day, at most")
    return found


def apply_selection(written: Catalog, chosen: Selection) -> Catalog:
    """The detections that are deployed, tuned."""
    tunings = dict(chosen.tunings)
    selected = Catalog(
        tuple(
            _tuned(detection, tunings.get(detection.id, Tuning()), chosen.exclude)
            for detection in written
            if detection.id not in chosen.off
            and (not detection.opt_in or detection.id in chosen.on)
            and any(pack in chosen.packs for pack in detection.packs)
        ),
        chosen.packs,
    )
    if len(written) and not len(selected):
        raise SettingsError(
            file=FILE, key="catalogue", problem="nothing is left", hint="switch some detection on"
        )
    return selected


def _tuned(detection: Detection, tuning: Tuning, everywhere: Exclusions) -> Detection:
    changes: dict[str, object] = {}
    shared = () if keeps_out_of_exclusions(detection) else everywhere.conditions()
    guards = [*shared, *tuning.exclude.conditions()]
    if guards and not detection.verbatim:
        changes["pattern"] = _with_exclusions(detection, guards)
    for guard in tuning.exclude.conditions():
        if _with_exclusions(detection, [guard]) == detection.pattern:
            raise SettingsError(
                file=FILE,
                key=f"catalogue.detection.{detection.id}.exclude",
                problem=_inside(guard),
                hint="nothing that this detection fires on is excluded by that",
            )
    if tuning.threshold or tuning.period:
        changes["timing"] = replace(
            detection.timing,
            threshold=tuning.threshold or detection.timing.threshold,
            period=tuning.period or detection.timing.period,
            reason="Set in trailbell.toml.",
        )
    if tuning.severity:
        changes["severity"] = tuning.severity
    return detection.with_changes(**changes) if changes else detection


def keeps_out_of_exclusions(detection: Detection) -> bool:
    """Whether exclusions for all detections leave this one alone.

    What stops the alarms has to ring for everybody: a role that is excluded for the noise it
    makes elsewhere could do the rest unseen. The same holds of credentials that AWS says leaked.
    """
    return detection.guards_alarms or detection.reports_leaked_credentials


def _inside(condition: Condition) -> str:
    """A condition, as it stands in a pattern."""
    return str(pattern.FilterPattern.of(condition)).strip("{} ")


def _with_exclusions(detection: Detection, guards: list[Condition]) -> str | Condition:
    """The pattern narrowed by conditions, as far as they do something.

    Raises `SettingsError` where they leave nothing of it.
    """
    tree = pattern.parse(detection.pattern_text, max_length=None).tree
    if not isinstance(tree, JsonPattern):
        return detection.pattern
    narrowed = simplify(pattern.all_of(tree.condition, *guards))
    if narrowed is None:
        raise SettingsError(
            file=FILE,
            key="catalogue",
            problem=f"the exclusions leave nothing of {detection.id}",
            hint="exclude less, or switch it off",
        )
    return detection.pattern if narrowed == simplify(tree.condition) else narrowed


_GUARDS = "detections that guard the alarms or report leaked credentials"


def notes(written: Catalog, chosen: Selection, deployed: Catalog) -> tuple[str, ...]:
    """What exclusions do to the catalogue, for a person to know."""
    conditions = [*chosen.exclude.conditions()]
    spared = [
        one
        for one in deployed
        if (one.verbatim or keeps_out_of_exclusions(one)) and _is_narrowed(one, conditions)
    ]
    kept = [one.id for one in spared if keeps_out_of_exclusions(one)]
    exact = [one.id for one in spared if not keeps_out_of_exclusions(one)]
    weaker = [one for one in deployed if one.pattern != written.get(one.id).pattern]
    own = [one.id for one in weaker if keeps_out_of_exclusions(one)]
    told = []
    if kept:
        told.append(
            f"catalogue.exclude does not apply to {_GUARDS}: {', '.join(kept)}; exclude for one of "
            "them in [catalogue.detection.ID]"
        )
    if exact:
        told.append(
            f"catalogue.exclude does not apply to texts that auditors compare: {_some(exact)}"
        )
    if own:
        told.append(f"exclusions of their own weaken {_GUARDS}: {', '.join(own)}")
    if weaker:
        told.append(f"exclusions weaken {_some([one.id for one in weaker])}; see build.py list")
    everything = (chosen.exclude, *(tuning.exclude for _, tuning in chosen.tunings))
    names = dict.fromkeys(name for each in everything for name in each.roles_by_name)
    if names:
        first = next(iter(names))
        told.append(
            f"{', '.join(names)}: a role by its name is excluded on every path and in every "
            f'account; "/{first}" is the one on no path, and an ARN is one role'
        )
    return tuple(told)


def _is_narrowed(detection: Detection, conditions: list[Condition]) -> bool:
    """Whether a detection would fire on less if an event had to satisfy these as well."""
    if not conditions:
        return False
    try:
        return _with_exclusions(detection, conditions) != detection.pattern
    except SettingsError:
        return True


_FEW = 5


def _some(names: list[str]) -> str:
    if len(names) <= _FEW:
        return ", ".join(names)
    return f"{len(names)} detections ({', '.join(names[:_FEW])} ...)"

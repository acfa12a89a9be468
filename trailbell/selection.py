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
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from trailbell import pattern
from trailbell.detection import Catalogue, Detection, Pack, Severity
from trailbell.errors import SettingsError
from trailbell.pattern.ast import Condition, Json
from trailbell.pattern.prune import pruned
from trailbell.settings import FILE, Table

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
_MEMBERS = {
    "roles": "userIdentity.sessionContext.sessionIssuer.userName",
    "principals": "userIdentity.arn",
    "services": "userIdentity.invokedBy",
    "addresses": "sourceIPAddress",
    "events": "eventName",
}
_PERIODS = frozenset({10, 20, 30})


@dataclass(frozen=True)
class Exclusions:
    """Values of members with which an event does not count; a star at the end is a wildcard."""

    values: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def conditions(self) -> Iterator[Condition]:
        """What an event must satisfy to count. An event that lacks the member counts."""
        for name, values in self.values:
            member = pattern.field(_MEMBERS[name])
            starts = [value[:-1] for value in values if value.endswith("*")]
            whole = [value for value in values if not value.endswith("*")]
            unequal = [member.present_and_differs(value) for value in whole]
            unequal += [member.present_and_does_not_start_with(start) for start in starts]
            yield pattern.any_of(member.missing(), member.is_null(), pattern.all_of(*unequal))

    def __bool__(self) -> bool:
        return bool(self.values)


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


def selection(settings: Table, written: Catalogue) -> Selection:
    """The selection in ``[catalogue]``; everything that is not opt-in if there is none.

    Raises `trailbell.errors.SettingsError`.
    """
    table = settings.table("catalogue")
    if table is None:
        return Selection()
    by_id = {detection.id: detection for detection in written}
    packs = _known(table, "packs", frozenset(map(str, Pack)))
    if packs == ():
        raise table.wrong("packs", "an empty list", "choose at least one, or leave it out")
    chosen = Selection(
        packs=tuple(pack for pack in Pack if packs is None or pack in packs),
        on=frozenset(_known(table, "on", frozenset(by_id)) or ()),
        off=frozenset(_known(table, "off", frozenset(by_id)) or ()),
        exclude=_exclusions(table),
        tunings=tuple(_tunings(table, by_id)),
    )
    _check_switches(table, chosen, by_id)
    table.end()
    return chosen


def _check_switches(table: Table, chosen: Selection, by_id: dict[str, Detection]) -> None:
    """Refuse switches that would do nothing."""
    for name in sorted(chosen.on):
        packs = by_id[name].packs
        if name in chosen.off:
            raise table.wrong("on", f'"{name}"', "it is in off as well; leave it out of one")
        if not by_id[name].opt_in:
            raise table.wrong("on", f'"{name}"', "it is on without that; name opt-in ones only")
        if not any(pack in chosen.packs for pack in packs):
            raise table.wrong(
                "on", f'"{name}"', f"its pack {packs[0]} is not built; add that to packs"
            )


def _known(table: Table, key: str, known: frozenset[str]) -> tuple[str, ...] | None:
    found = table.texts(key)
    for name in found or ():
        if name not in known:
            raise table.wrong(key, f'"{name}"', "not known", known=known, name=name)
    return found


def _tunings(table: Table, by_id: dict[str, Detection]) -> Iterator[tuple[str, Tuning]]:
    for name, below in table.tables("detection"):
        if name not in by_id:
            known = frozenset(by_id)
            raise table.wrong("detection", f'"{name}"', "not known", known=known, name=name)
        severity = below.choice("severity", frozenset(map(str, Severity)))
        tuning = Tuning(
            severity=Severity(severity) if severity else None,
            threshold=_positive(below, "threshold"),
            period=_period(below),
            exclude=_exclusions(below),
        )
        if tuning.exclude and by_id[name].exact:
            raise below.wrong(
                "exclude",
                "exclusions",
                "an auditor wants the text of this detection to the letter; exclude in its tuned "
                "twin, or give this one the severity low",
            )
        below.end()
        yield name, tuning


def _positive(table: Table, key: str) -> int | None:
    found = table.number(key)
    if found is not None and found < 1:
        raise table.wrong(key, str(found), "1 or more")
    return found


def _period(table: Table) -> int | None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""
    found = _positive(table, "period")
    if found is not None and found % 60 and found not in _PERIODS:
        raise table.wrong("period", str(found), "10, 20, 30 or a multiple of 60 seconds")
    if found is not None and found > 86_400:
        raise table.wrong("period", str(found), "86400 seconds, a day, at most")
    return found


def _exclusions(table: Table) -> Exclusions:
    below = table.table("exclude")
    if below is None:
        return Exclusions()
    values = tuple(
        (name, _excluded(below, name, found))
        for name in _MEMBERS
        for found in [below.texts(name)]
        if found
    )
    below.end()
    return Exclusions(values)


def _excluded(table: Table, name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if "*" in value[:-1] or value in ("", "*"):
            raise table.wrong(name, f'"{value}"', "a value, or its start and one star at the end")
        if name == "addresses" and "/" in value:
            raise table.wrong(
                name,
                f'"{value}"',
                "filter patterns know no address ranges; write a start, like 192.0.2.*",
            )
        if name == "addresses" and not _is_address(value):
            raise table.wrong(name, f'"{value}"', "an address, or its start and a star")
        if name == "principals" and not value.startswith("arn:"):
            raise table.wrong(name, f'"{value}"', "the ARN of a user or of a role's session")
    return values


def _is_address(value: str) -> bool:
    """An IPv4 address or its start, an IPv6 one, or the name of a service that calls."""
    if not re.fullmatch(r"[0-9.]+\*?", value):
        return True
    parts = [part for part in value.rstrip("*").split(".") if part]
    whole = len(parts) == 4 or (value.endswith("*") and len(parts) < 4)
    return whole and all(int(part) <= 255 for part in parts)


def selected(written: Catalogue, chosen: Selection) -> Catalogue:
    """The detections that are deployed, tuned."""
    tunings = dict(chosen.tunings)
    selected = Catalogue(
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
            file=FILE, key="catalogue", found="nothing is left", expected="switch some detection on"
        )
    return selected


def _tuned(detection: Detection, tuning: Tuning, everywhere: Exclusions) -> Detection:
    changes: dict[str, object] = {}
    guards = [*everywhere.conditions(), *tuning.exclude.conditions()]
    if guards and not detection.exact:
        changes["pattern"] = _guarded(detection, guards)
    for guard in tuning.exclude.conditions():
        if _guarded(detection, [guard]) == detection.pattern:
            raise SettingsError(
                file=FILE,
                key=f"catalogue.detection.{detection.id}.exclude",
                found=_inside(guard),
                expected="nothing that this detection fires on is excluded by that",
            )
    if tuning.threshold or tuning.period:
        changes["timing"] = replace(
            detection.timing,
            threshold=tuning.threshold or detection.timing.threshold,
            period=tuning.period or detection.timing.period,
            why="Set in trailbell.toml.",
        )
    if tuning.severity:
        changes["severity"] = tuning.severity
    return detection.tuned(**changes) if changes else detection


def _inside(condition: Condition) -> str:
    """A condition, as it stands in a pattern."""
    return str(pattern.FilterPattern.of(condition)).strip("{} ")


def _guarded(detection: Detection, guards: list[Condition]) -> str | Condition:
    """The pattern narrowed by conditions, as far as they do something.

    Raises `SettingsError` where they leave nothing of it.
    """
    tree = pattern.parse(detection.text, longest=None).tree
    if not isinstance(tree, Json):
        return detection.pattern
    narrowed = pruned(pattern.all_of(tree.condition, *guards))
    if narrowed is None:
        raise SettingsError(
            file=FILE,
            key="catalogue",
            found=f"the exclusions leave nothing of {detection.id}",
            expected="exclude less, or switch it off",
        )
    return detection.pattern if narrowed == pruned(tree.condition) else narrowed

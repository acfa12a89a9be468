"""
The page of techniques, with the detections that fire on records of each.

In:    the coverage of each framework.
Out:   the text of ``docs/reference/coverage.md``.
Never: a number that is not counted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from trailbell.catalog.detection import Catalog, Detection
from trailbell.coverage.evaluate import VISIBLE, Coverage, Evidence, State
from trailbell.coverage.framework import DETECTION_IN_NOTE, Framework
from trailbell.markdown import escape, table

LAYER = "attack-navigator-layer.json"

_TERMS = "https://attack.mitre.org/resources/legal-and-branding/terms-of-use/"
_INTRODUCTION = f"""
<!-- Generated from detections/coverage/ by `trailbell docs`. -->

Which techniques of attackers the detections of Trailbell see. A technique counts as detected only
if a CloudTrail record of it makes a detection fire in a test of this repository: a sample event of
the detection, or a record in `detections/coverage/`. That a detection names a technique is not
enough. A record proves one way to use a technique; most techniques have several.

For [ATT&CK Navigator](https://mitre-attack.github.io/attack-navigator/), there is
[a layer]({LAYER}): download it, and choose "Open Existing Layer".

| State | A record of the technique |
| --- | --- |
| {State.DETECTED} | makes a detection of medium or high severity fire that is deployed by default |
| {State.LOW} | makes only detections of low severity fire |
| {State.OPT_IN} | makes only detections fire that settings must enable, because they are noise |
| {State.NOT_DETECTED} | is a management event, but makes no detection fire, for the reason given |
| {State.DATA_EVENTS} | is a data event, which a trail records only if its parameters say so |
| {State.NOT_VISIBLE} | does not exist: CloudTrail records nothing of the technique |

A detection with a threshold, such as "5 in 300 s", fires if so many of these events occur in its
period. Techniques are visible if CloudTrail records them as management events. IDs and names are
those of the sources; those of ATT&CK are © The MITRE Corporation, reproduced and distributed with
the permission of The MITRE Corporation ([terms]({_TERMS})).
"""


def coverage_page(
    coverages: Iterable[tuple[Framework, Sequence[Coverage]]],
    without_proof: Sequence[str],
    catalog: Catalog,
) -> str:
    """The page of all frameworks; ``without_proof`` are techniques that are only named."""
    pairs = list(coverages)
    parts = ["# Coverage", _INTRODUCTION.strip(), _summary(pairs)]
    for framework, covered in pairs:
        parts += _section(framework, covered, catalog)
    if without_proof:
        names = ", ".join(without_proof)
        parts += ["## Named without a record", f"Detections name, but no record proves: {names}."]
    parts += _opt_in_section(catalog)
    return "\n\n".join(parts) + "\n"


def _summary(pairs: Iterable[tuple[Framework, Sequence[Coverage]]]) -> str:
    head = ("Techniques", "Visible", *(str(state).capitalize() for state in State))
    return table(head, (tuple(_counts(framework, covered)) for framework, covered in pairs))


def _counts(framework: Framework, coverages: Sequence[Coverage]) -> Iterator[str]:
    states = Counter(coverage.state for coverage in _counted(coverages))
    anchor = framework.title.lower().replace(" ", "-").translate({ord(c): "" for c in "&'.,"})
    yield f"[{framework.title}](#{anchor})"
    yield str(sum(states[state] for state in VISIBLE))
    yield from (str(states[state]) for state in State)


def _counted(coverages: Iterable[Coverage]) -> list[Coverage]:
    """The coverage of the techniques of this part of the framework."""
    return [coverage for coverage in coverages if not coverage.technique.platform]


def _section(
    framework: Framework, coverages: Sequence[Coverage], catalog: Catalog
) -> Iterator[str]:
    counted = _counted(coverages)
    visible = [coverage for coverage in counted if coverage.state in VISIBLE]
    detected = sum(coverage.state == State.DETECTED for coverage in counted)
    number = framework.version[0].isdigit()
    version = f"version {framework.version}" if number else framework.version
    yield f"## {framework.title}"
    yield (
        f"From <{framework.source}>, {version}. Of {len(counted)} techniques, "
        f"{len(visible)} are visible in management events, and {detected} of these "
        f"{'is' if detected == 1 else 'are'} detected."
    )
    yield _techniques_table(framework, counted, catalog)
    rest = [coverage for coverage in coverages if coverage.technique.platform]
    if rest:
        yield "Detections also name techniques of other platforms, which are not counted above:"
        yield _techniques_table(framework, rest, catalog)


def _opt_in_section(catalog: Catalog) -> Iterator[str]:
    """The detections that are noise by nature, each with the reason."""
    yield "## Opt-in detections"
    yield "Settings must enable them, for the reasons in the last column."
    rows = (
        (_link(detection), f"{detection.title}.", detection.false_positives)
        for detection in catalog
        if detection.opt_in
    )
    yield table(("Detection", "Fires if", "False positives and limits"), rows)


def _techniques_table(framework: Framework, coverages: Iterable[Coverage], catalog: Catalog) -> str:
    head = ("Technique", "State", "Detections that fire, and events", "Notes")
    return table(head, (tuple(_cells(framework, coverage, catalog)) for coverage in coverages))


def _cells(framework: Framework, coverage: Coverage, catalog: Catalog) -> Iterator[str]:
    technique = coverage.technique
    label = technique.id if technique.name == technique.id else f"{technique.id} {technique.name}"
    yield f"[{escape(label)}]({framework.url_of(technique)})"
    yield str(coverage.state)
    silent = [f"no detection: {_code(coverage.undetected)}"] if coverage.undetected else []
    yield "; ".join([*(_evidence(evidence) for evidence in coverage.evidence), *silent])
    yield DETECTION_IN_NOTE.sub(lambda match: _link(catalog.get(match[1])), technique.note)


def _evidence(evidence: Evidence) -> str:
    detection, timing = evidence.detection, evidence.detection.timing
    facts = [str(detection.severity), *(["opt-in"] if detection.opt_in else [])]
    facts += ["data events"] if evidence.data_events else []
    if timing.threshold > 1:
        facts.append(f"{timing.threshold} in {timing.period} s")
    return f"{_link(detection)} ({', '.join(facts)}): {_code(evidence.events)}"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _link(detection: Detection) -> str:
    return f"[`{detection.id}`](packs/{detection.packs[0]}.md#{detection.id})"

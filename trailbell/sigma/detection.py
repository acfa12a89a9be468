"""
The detection of a rule: its texts, its severity, its timing, and its pattern with events.

In:    a rule; the pack; the ID.
Out:   `Imported`, which the tests of the build accept.
Never: a sentence of our own on what an attacker gains. The sentences are those of the rule, and
       what the conversion changed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trailbell.catalog.detection import Catalog, Controls, Detection, Example, Severity, Timing
from trailbell.catalog.sample_event_names import UNKNOWN, event_name_violations
from trailbell.catalog.self_test import check_catalog
from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.errors import PatternError
from trailbell.pattern import FilterPattern
from trailbell.pattern.ast import Comparison, JsonPattern, Regex, clauses
from trailbell.pattern.lint import lint
from trailbell.scaffold.detection import TECHNIQUE
from trailbell.scaffold.detection_examples import Sample
from trailbell.scaffold.detection_source import RUNBOOK
from trailbell.scaffold.sample import evaluate
from trailbell.sigma.convert import Conversion, convert
from trailbell.sigma.counting import Count
from trailbell.sigma.examples import Examples
from trailbell.sigma.glob import Style
from trailbell.sigma.refused import RefusedError
from trailbell.sigma.rule import Rule
from trailbell.text_files import printable
from trailbell.wording import pluralize

_SEVERITIES = {
    "critical": Severity.HIGH,
    "high": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
    "informational": Severity.LOW,
}
_MAX_TITLE, _MIN_TITLE, _MAX_WHY = 92, 7, 300
_MAX_ID = 55
_IDENTITIES = (("userIdentity.arn",), ("userIdentity.principalId",))
"""The fields by which log alarms count."""
_SAYS_NOTHING = frozenset(("unknown", "none", "n/a", "unlikely", ""))
_ACCEPTED = {
    UNKNOWN: "The Sigma rule names this event.",
    "star-in-the-middle": "The text ends with a star, for which all measurements agree.",
}


@dataclass(frozen=True)
class Imported:
    """The detection of a rule, with the expressions that make its events, and what to review."""

    rule: Rule
    detection: Detection
    fires: tuple[Sample, ...]
    silent: tuple[Sample, ...]
    notes: tuple[str, ...]

    @property
    def regexes(self) -> int:
        """The regular expressions in its pattern."""
        tree = self.detection.filter_pattern.tree
        inner = clauses(tree.condition) if isinstance(tree, JsonPattern) else ()
        return sum(isinstance(c, Comparison) and isinstance(c.value, Regex) for c in inner)


def identifier_of(rule: Rule) -> str:
    """The ID of the detection: the title of the rule in kebab case."""
    words = re.findall(r"[a-z0-9]+", rule.title.lower())
    while words and words[0][0].isdigit():
        words.pop(0)
    identifier = ""
    for word in words:
        if len(identifier) + len(word) > _MAX_ID:
            break
        identifier += f"-{word}" if identifier else word
    return identifier or "sigma-rule"


def import_rule(rule: Rule, identifier: str, pack: str, *, ignore_case: bool = False) -> Imported:
    """The detection of a rule. Raises `RefusedError`."""
    conversion, pattern = _pattern(rule, ignore_case=ignore_case)
    examples = Examples(conversion.condition, rule.roots, detects_more=bool(conversion.left_out))
    fires, silent = examples.fires(), examples.silent()
    if not fires or not silent:
        kind = "match" if not fires else "not match"
        raise RefusedError(
            f"no event was found that it must {kind}", "write the detection and its events by hand"
        )
    notes = (*conversion.notes, *_differences(conversion))
    detection = Detection(
        id=identifier,
        title=_title(rule.title),
        packs=(pack,),
        severity=_SEVERITIES.get(rule.level.lower(), Severity.MEDIUM),
        pattern=str(pattern),
        why=_why(rule.description),
        runbook=RUNBOOK,
        false_positives=" ".join(
            (_false_positives(rule.false_positives), *_differences(conversion))
        ),
        controls=Controls(mitre_attack=rule.techniques or (TECHNIQUE,)),
        timing=_timing(rule.count),
        fires=tuple(Example(each.description, evaluate(each.call)) for each in fires),
        silent=tuple(Example(each.description, evaluate(each.call)) for each in silent),
    )
    detection, counting = _counted(detection, rule.count)
    _check(detection := _accepting(detection))
    return Imported(rule, detection, fires, silent, (*notes, *counting))


def _pattern(rule: Rule, *, ignore_case: bool) -> tuple[Conversion, FilterPattern]:
    """The pattern; with stars inside of texts if it has too many regular expressions without."""
    style = Style(ignore_case=ignore_case)
    try:
        conversion = convert(rule.roots, style)
        return conversion, FilterPattern.of(conversion.condition)
    except PatternError:
        conversion = convert(rule.roots, replace(style, inner_stars=True))
    try:
        return conversion, FilterPattern.of(conversion.condition)
    except PatternError as error:
        hint = f"{error.hint}; import it without --ignore-case" if ignore_case else error.hint
        raise RefusedError(error.problem, hint) from error


def _accepting(detection: Detection) -> Detection:
    """The detection, which accepts names that no API model has, and stars inside of texts."""
    names = BotocoreEventNames()
    issues = {issue.id for issue in lint(detection.filter_pattern, names)}
    if any(event_name_violations(detection, names)):
        issues.add(UNKNOWN)
    accepted = {name: reason for name, reason in _ACCEPTED.items() if name in issues}
    return detection.with_changes(accepted_issues=accepted)


def _check(detection: Detection) -> None:
    errors = check_catalog(Catalog((detection,)), use_cache=False)
    if errors:
        problem = errors[0].problem.removeprefix(f"detection {detection.id} ")
        raise RefusedError(f"the detection {problem}", errors[0].hint.partition("\n")[0])


# ---------------------------------------------------------------- what differs


def _differences(conversion: Conversion) -> Iterator[str]:
    if conversion.case:
        yield (
            f"Sigma ignores case; the pattern compares {_listed(conversion.case)} in the "
            "spelling of the rule."
        )
    for name in conversion.members:
        yield f"Sigma compares {name} as a whole; the pattern compares each of its members."
    for name, reason in conversion.left_out:
        yield (
            f"The exclusion by {name} is left out, because {reason}: the detection also fires on "
            "events that the rule excludes."
        )


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _timing(count: Count | None) -> Timing:
    if count is None or count.threshold == 1:
        return Timing()
    seconds = (
        f" in {pluralize(count.written or count.period, 'second')}" if count.written != 0 else ""
    )
    return Timing(
        period=count.period,
        threshold=count.threshold,
        reason=f"The Sigma rule counts {pluralize(count.threshold, 'event')}{seconds}.",
    )


def _counted(detection: Detection, count: Count | None) -> tuple[Detection, tuple[str, ...]]:
    """The detection with an alarm that counts like the rule, and what it does differently."""
    if count is None or count.threshold == 1:
        return detection, ()
    notes = []
    if count.written:
        notes.append(
            f"Events are counted in {pluralize(count.period, 'second')}, not in "
            f"{count.written:,}: CloudTrail delivers events after about five minutes and in no "
            "order."
        )
    if count.by:
        by_caller = "; with log_alarm=True it counts each caller" if count.by in _IDENTITIES else ""
        notes.append(
            f"The alarm counts all events together, not by {_listed(count.by)}{by_caller}."
        )
    text = " ".join((detection.false_positives, *notes))
    return replace(detection, false_positives=text), tuple(notes)


# ---------------------------------------------------------------- texts


def _title(title: str) -> str:
    words = _one_line(title).rstrip(" .!?,;:")
    if len(words) < _MIN_TITLE:
        words = f"Sigma rule {words}"
    if len(words) > _MAX_TITLE:
        words = words[: _MAX_TITLE + 1].rpartition(" ")[0].rstrip(" .!?,;:") or words[:_MAX_TITLE]
    return words[:1].upper() + words[1:]


def _why(description: str) -> str:
    """The first sentences of the description, as many as the text of an alarm has room for."""
    text = _one_line(description)
    if not text:
        return "This project imported the Sigma rule without a description."
    why = ""
    for sentence in re.split(r"(?<=[.!?])\s", text):
        if why and len(why) + len(sentence) > _MAX_WHY:
            break
        why = f"{why} {sentence}".strip()
    if len(why) > _MAX_WHY:
        why = why[:_MAX_WHY].rpartition(" ")[0]
    return _sentence(why)


def _false_positives(listed: Iterable[str]) -> str:
    texts = [_one_line(text) for text in listed]
    sentences = [_sentence(text) for text in texts if text.lower().strip(".") not in _SAYS_NOTHING]
    return " ".join(sentences) or "The rule names none."


def _sentence(text: str) -> str:
    text = text.rstrip(" ,;:")
    return text if text.endswith((".", ")")) else f"{text.rstrip('!?')}."


def _one_line(text: str) -> str:
    return " ".join(printable(" ".join(text.split())).split())

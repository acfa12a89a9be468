"""
A record against its candidates.

In:    the text of a record, and the detections that can match it.
Out:   evaluations, and what is damaged in the text of a record on which a detection fires.
Never: a record that is decoded once for each candidate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from trailbell.cloudtrail.decode import decode
from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.cloudtrail.prefilter import Candidate, Candidates
from trailbell.cloudtrail.read_error import ReadError
from trailbell.cloudtrail.required_text import has_escapes
from trailbell.cloudtrail.top_level_record import TopLevelRecord
from trailbell.pattern import Outcome


@dataclass(frozen=True, slots=True)
class Evaluator:
    """With ``silent``, it also yields the detections that do not fire."""

    silent: bool = False

    def evaluate(
        self, text: bytes, file: str, number: int, candidates: Candidates
    ) -> Iterator[Evaluation | ReadError]:
        """Evaluate a record. Invalid UTF-8 in fields that no detection reads is reported, too."""
        evaluations = self.evaluate_checked(text, file, number, candidates)
        if not text.isascii():
            evaluations = iter(list(evaluations))
            first = next(evaluations, None)
            if first is None:
                return
            if damage := decode(text).damage:
                yield ReadError(f"{file}, record {number}", damage)
            yield first
        yield from evaluations

    def evaluate_checked(
        self, text: bytes, file: str, number: int, candidates: Candidates
    ) -> Iterator[Evaluation]:
        """Evaluate a record of which damage is reported already."""
        record: TopLevelRecord | None = None
        for possible in candidates:
            if not possible.required.is_in(text) and not has_escapes(text):
                continue
            if record is None:
                record = TopLevelRecord(text, candidates.fields)
            candidate = possible.candidate
            outcome = _outcome(candidate, record, decided=possible.decided)
            if self.silent or outcome.name != "NO_MATCH":
                yield Evaluation(candidate.detection, outcome, file, number, text)


def _outcome(candidate: Candidate, record: TopLevelRecord, *, decided: bool) -> Outcome:
    """
    Evaluate the pattern on a record. ``decided``: it matches unless a field occurs twice.

    If the predicate does not decide, the reference implementation evaluates the text.
    """
    pattern, predicate = candidate.detection.filter_pattern, candidate.predicate
    if (
        predicate is not None
        and not pattern.ambiguities
        and record.has_unique(predicate.quoted_names)
    ):
        outcome = Outcome.MATCH if decided else record.outcome(predicate)
        if outcome.name != "UNCERTAIN":  # faster than comparing outcomes
            return outcome
    return pattern.test(record.text.decode(errors="replace"))

"""
The top-level fields of a record that some patterns use.

In:    the text of a record; trees of JSON patterns.
Out:   the outcome of each pattern on the record.
Never: a field that no pattern uses, or a record that is decoded once for each pattern.
"""

from collections.abc import Sequence

from trailbell.cloudtrail.decode import DECODE_ERRORS
from trailbell.cloudtrail.key_fields import TopLevelFields
from trailbell.pattern import Outcome, predicate
from trailbell.pattern.ast import JsonPattern, Member, clauses


class TopLevelPredicate:
    """A predicate, and the top-level fields that it uses."""

    def __init__(self, tree: JsonPattern) -> None:
        steps = {clause.selector.steps[0] for clause in clauses(tree.condition)}
        self.names = sorted(step.name for step in steps if isinstance(step, Member))
        self.quoted_names = tuple(f'"{name}"'.encode() for name in self.names)
        self.evaluate = predicate.compile(tree)


_UNDECODED: object = object()


class TopLevelRecord:
    """
    A record of which the fields that some predicates use are decoded once, if any needs them.

    That is a tenth of the work of decoding all fields.
    """

    def __init__(self, text: bytes, fields: TopLevelFields) -> None:
        self.text = text
        self._fields = fields
        self._record: object = _UNDECODED
        self._is_unique: dict[bytes, bool] = {}

    def has_unique(self, quoted_names: Sequence[bytes]) -> bool:
        """Whether no field occurs twice. Of two, a decoded record would keep only one."""
        for name in quoted_names:
            is_unique = self._is_unique.get(name)
            if is_unique is None:
                is_unique = self._is_unique[name] = self.text.count(name) < 2
            if not is_unique:
                return False
        return True

    def outcome(self, predicate: TopLevelPredicate) -> Outcome:
        """Evaluate a predicate; `Outcome.UNCERTAIN` if the fields cannot be decoded."""
        try:
            if self._record is _UNDECODED:
                self._record = self._fields.record(self.text)
            return predicate.evaluate(self._record)
        except (*DECODE_ERRORS, RecursionError):
            return Outcome.UNCERTAIN

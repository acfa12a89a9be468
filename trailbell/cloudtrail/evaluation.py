"""
The evaluation of a detection on a record.

In:    a detection, its outcome for a record, and the place of the record.
Out:   these together, with the record decoded on request.
Never: a record that is decoded before it is needed.
"""

from dataclasses import dataclass

from trailbell.cloudtrail.decode import decode
from trailbell.cloudtrail.prefilter import Detection
from trailbell.pattern import Outcome


@dataclass(frozen=True, slots=True)
class Evaluation:
    """
    A detection that fires on a record, or that may fire (`Outcome.UNCERTAIN`, with the reason).

    If the scanner includes silent detections, also one that does not fire (`Outcome.NO_MATCH`).
    ``text`` is the record's own JSON; ``number`` is its place in the file, counted from 1.
    """

    detection: Detection
    outcome: Outcome
    file: str
    number: int
    text: bytes

    @property
    def record(self) -> dict[str, object]:
        """The decoded record: invalid UTF-8 is replaced, numbers beyond a double stay text."""
        value = decode(self.text).value
        return value if isinstance(value, dict) else {}

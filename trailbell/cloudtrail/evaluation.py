"""
What fires.

In:    a detection, what it says of a record, and where that stands.
Out:   a hit, and its record decoded.
Never: a record decoded before it is asked for.
"""

from dataclasses import dataclass

from trailbell.cloudtrail.decode import decode
from trailbell.cloudtrail.prefilter import Detection
from trailbell.pattern import Outcome


@dataclass(frozen=True, slots=True)
class Evaluation:
    """
    A detection that fires on a record, or that may (`OperationResult.UNCERTAIN`, with the reason);
    or one that does not, if the scanner was asked for those as well.

    ``read_text`` is the record's own JSON; ``number`` is its place in the file, from 1.
    """

    detection: Detection
    outcome: Outcome
    file: str
    number: int
    text: bytes

    @property
    def record(self) -> dict[str, object]:
        """The text, decoded: what is no UTF-8 replaced, numbers that no double holds as text."""
        decoded = decode(self.text).value
        return decoded if isinstance(decoded, dict) else {}

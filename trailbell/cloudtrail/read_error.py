"""
What could not be read.

In:    a place and a reason.
Out:   one line of text.
Never: the end of a scan. Everything after it is still read.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadError:
    """``place`` is a file, or ``file, record 3`` (counted from 1)."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"

"""
The filter-pattern language of CloudWatch Logs.

::

    text ─► lexer ─► parser ─► tree (ast) ─► evaluate     whether an event matches
                                 │  ▲        lint         what is wrong with a pattern
                        printer ─┘  │        split        several patterns for one that is too long
                              constructors   targets      queries and patterns of other services

In:    text, or constructors.
Out:   `FilterPattern`.
Never: an import of anything but the standard library and ``trailbell.errors``.
"""

from trailbell.pattern.constructors import all_of, any_of, field
from trailbell.pattern.evaluate import Explanation
from trailbell.pattern.filter_pattern import MAX_LENGTH, FilterPattern, parse
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.record import NumberText

__all__ = [
    "MAX_LENGTH",
    "Explanation",
    "FilterPattern",
    "NumberText",
    "Outcome",
    "all_of",
    "any_of",
    "field",
    "parse",
]

"""
The filter-pattern language of CloudWatch Logs, whole.

::

    text ─► lexer ─► parser ─► tree (ast) ─► evaluate     what it says of an event
                                 │  ▲        lint         what is wrong with it
                        printer ─┘  │        split        several patterns instead of one too long
                              constructors   targets      the same in other languages

In:    text, or constructors.
Out:   `FilterPattern`.
Never: an import from outside the standard library and ``trailbell.errors``.
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

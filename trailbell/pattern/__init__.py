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
from trailbell.pattern.filter_pattern import FilterPattern, parse
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.record import WrittenNumber

__all__ = [
    "Explanation",
    "FilterPattern",
    "Outcome",
    "WrittenNumber",
    "all_of",
    "any_of",
    "field",
    "parse",
]

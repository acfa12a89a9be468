"""
What a filter pattern cannot say.

In:    the reason, and what to write instead.
Out:   an error of one rule; the reader of the rule adds its file and line.
Never: the end of an import: the other rules are imported.
"""

from dataclasses import dataclass


@dataclass(eq=False)
class RefusedError(Exception):
    """
    A rule, or a part of it, that has no form as a detection. Both texts are clauses.

    ``field`` is the field of the rule that is compared there, if it is one.
    """

    problem: str
    hint: str
    field: str = ""


class LeftOutError(RefusedError):
    """An exclusion that no filter pattern can express. It is left out, which detects more."""

"""
Find z3, if it is installed.

In:    the installed packages.
Out:   what finds a request for a formula within a limit of time, or None: z3 is not installed.
Never: an import of z3 before a change may broaden access.

z3 is the extra ``prove``.
"""

import time
from collections.abc import Callable

from trailbell.lazy_import import lazy_import
from trailbell.proof.classes import UndecidableError
from trailbell.proof.decide import FindRequest
from trailbell.proof.formula import Formula
from trailbell.proof.request import Request

MOST_SECONDS = 4.0
"""For all formulas of one template together. Those after that are undecided."""


def installed_solver() -> FindRequest | None:
    """Return what finds requests; None without z3."""
    try:
        solver = lazy_import("trailbell.proof.solver")
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "z3":
            raise
        return None
    return limited(solver.find_request)


def limited(find: FindRequest, clock: Callable[[], float] = time.monotonic) -> FindRequest:
    """Return what gives up once the time since now is over: the answer is undecided then."""
    end = clock() + MOST_SECONDS

    def find_in_time(formula: Formula) -> Request | None:
        if clock() > end:
            raise UndecidableError("it takes too long")
        return find(formula)

    return find_in_time

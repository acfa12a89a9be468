"""
CloudTrail records in files, and what fires on them.

::

    paths ─► files ─► unpack ─► chunks ─► scan ─► hits
              which    gunzip    JSON      │
              files              arrays    └─ dispatch: which detections a record can possibly
                                   │                    fire, by a few of its members
                                salvage: what can be read of a damaged file

In:    files as CloudTrail delivers them, and what people make of them.
Out:   which detections fire on which records; what could not be read, named.
Never: a whole file in memory, or one bad record in the way of the others.
"""

from trailbell.delivery.problem import Problem
from trailbell.delivery.scan import Hit, Scanner, Totals

__all__ = ["Hit", "Problem", "Scanner", "Totals"]

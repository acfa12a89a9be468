"""
CloudTrail records in files, and what fires on them.

::

    paths ─► files ─► unpack ─► chunks ─► reading ─► hits
              which    gunzip    JSON      │  │
              files    UTF-8     arrays    │  └─ dispatch: which detections a record can possibly
                                   │       │               fire, by a few of its members
                  timed: lines that        └─ envelope: records in answers, messages and events
                  begin with a time             rows: rows of a query as records
                  salvage: what can be          foreign: what holds no records, by its name
                  read of damage

In:    files as CloudTrail delivers them, and what people and services make of them.
Out:   which detections fire on which records; what could not be read, named.
Never: a whole file in memory, or one bad record in the way of the others.
"""

from trailbell.delivery.hit import Hit
from trailbell.delivery.problem import Problem
from trailbell.delivery.scan import Scanner, Totals

__all__ = ["Hit", "Problem", "Scanner", "Totals"]

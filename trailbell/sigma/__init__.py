"""
Detections from Sigma rules.

::

    files ─► rule ─► convert ─► examples ─► detection ─► module
              │         │           │
        counting   glob, regular_expression,   reading   what the rule says of an event
                   names

In:    Sigma rules on CloudTrail, which pySigma parses.
Out:   detections of the project: modules with tests.
Never: an approximation that is not said, or an import of pySigma for a command that needs none.
"""

"""
Proposals that make noisy detections quieter, each with what it costs, and settings with them.

::

    hits ─► candidates ─► proposals ─► report
                              └──────► settings_edit ─► trailbell.toml

In:    what a replay collected, and the detections as they are written.
Out:   exclusions and thresholds with the notifications before and after; ``trailbell.toml`` with
       those that were accepted.
Never: a change that hides a sample event of the detection, or that was not asked for in the file.
"""

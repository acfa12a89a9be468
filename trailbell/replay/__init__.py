"""
From records to notifications: what you would have been told, when, and because of whom.

::

    files, buckets ─► collect ─┐
                               ├─► hits ─► alarm_clock ─► notifications ─► summary ─► reports
    Athena ─► athena_hits ─────┘           │
                                           └─ alarm_evaluation: the reference, minute by minute

In:    CloudTrail records, and the detections with the settings of their alarms.
Out:   notifications with their times, which alarm masked whom, what caused most of them.
Never: the current time, or a random delay. The same records always give the same notifications.
"""

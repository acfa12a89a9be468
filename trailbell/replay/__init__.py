"""
From records to notifications: which there would have been, when, and who caused them.

::

    files, buckets ─► collect ─┐
                               ├─► hits ─► alarm_clock ─► notifications ─► summary ─► reports
    Athena ─► athena_hits ─────┘           │
                                           └─ alarm_evaluation: the reference, minute by minute

In:    CloudTrail records, and the detections with the settings of their alarms.
Out:   notifications with their times, which callers an alarm masked, what caused most of them.
Never: the current time, or a random delay. The same records always give the same notifications.
"""

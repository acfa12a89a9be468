"""
From records to notifications: which there would have been, when, and who caused them.

::

    collecting ─► hits ─► alarm ─► notifications ─► summary ─► report
    files, S3,             how CloudWatch           causes     text, JSON,
    Athena                 evaluates it                        Markdown, HTML
                                 │
                                 ├─► comparison: two catalogs over the same records
                                 └─► tuning: quieter settings, each with what it costs

In:    CloudTrail records, and the detections with the settings of their alarms.
Out:   notifications with their times, which callers an alarm masked, what caused most of them.
Never: the current time, or a random delay. The same records always give the same notifications.
"""

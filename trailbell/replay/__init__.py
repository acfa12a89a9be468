"""
From records to notifications: when an alarm would have notified you.

::

    matches ─► delivery ─► alarm_evaluation: states ─► state changes ─► notifications

In:    the times at which events match, and the settings of the metric filter and the alarm.
Out:   the states of the alarm, its state changes, and those that send a notification.
Never: the current time, or a random delay. The same events always give the same notifications.
"""

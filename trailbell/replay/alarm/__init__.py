"""
From hits to notifications: the alarms, as CloudWatch evaluates them.

In:    hits, how late events are delivered, and the settings of alarms.
Out:   notifications. `clock` is what others use; `evaluation` is the reference, minute by minute.
Never: the current time, or a random delay.
"""

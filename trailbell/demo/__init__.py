"""
A written attack on an emulated account: which events notify you, when, and what the messages say.

::

    attack ─────────────────────────────┐
    project ─► deployment ─► emulator ─► play ─► timeline ─┬─► page (HTML)
                                                           └─► report (terminal, JSON)

In:    the project, or the baseline; a story of CloudTrail records with their times.
Out:   a `trailbell.demo.timeline.Timeline`.
Never: an account, the network, the current time as the time of an event, or a random value.
"""

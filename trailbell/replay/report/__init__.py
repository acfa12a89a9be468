"""
The report of a replay in a terminal, as JSON, Markdown and a page.

In:    a `trailbell.replay.model.ReplayReport`.
Out:   text.
Never: a figure that is not in the report, or text of an event as markup.
"""

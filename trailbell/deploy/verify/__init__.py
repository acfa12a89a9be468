"""
Verify deployed stacks: are they what the templates say, and do they detect?

In:    a signed-in session, stacks with their settings.
Out:   a `Discrepancy` for each difference, and for everything that could not be read.
Never: a change. Drift detection is the only operation that is started.
"""

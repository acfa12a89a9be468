"""
Prove that people are notified: send the sample event of a detection through what is deployed.

In:    a signed-in session, a detection, and the stacks that deploy it.
Out:   a `DrillPlan`, which is shown and confirmed; then a `DrillResult`: how long each part of the
       path took, and what SNS says about the deliveries.
Never: an event that is not marked as a drill, or a delivery that AWS did not report.
"""

"""
Deploy stacks of ``dist/`` to many accounts and Regions, each with a StackSet.

::

    trailbell.toml ─► settings ─► stack_order ─► Rollout ┐
    Organizations ─► organization ─► DesiredState ───────┼─► planning ─► RolloutPlan ─┬─► report
    CloudFormation ─► stack_set ───► ActualState ────────┘                            └─► apply
                                                                                        │
                              start_operation, follow, failures, wave_check, management_account

There is no state file. AWS has the state, so the next run continues a run that was killed.
"""

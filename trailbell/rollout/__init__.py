"""
Deploy a stack of ``dist/`` to many accounts and Regions, with a StackSet.

::

    trailbell.toml ─► settings ──────► RolloutConfig ─┐
    Organizations ─► organization ─► DesiredState ────┼─► planner ─► RolloutPlan ─┬─► report
    CloudFormation ─► stack_set ───► ActualState ─────┘                           └─► apply
                                                                                        │
                              start_operation, follow, failures, wave_check, management_account

There is no state file. AWS has the state, so the next run continues a run that was killed.
"""

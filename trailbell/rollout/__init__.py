"""
Deploy stacks of ``dist/`` to many accounts and Regions, each with a StackSet.

::

    trailbell.toml ─► configuration ─► Rollout ──┐                            ┌─► report
    Organizations ──► session ─► DesiredState ───┼─► plan ─► RolloutPlan ─────┤
    CloudFormation ─► session ─► ActualState ────┘      exports, management   └─► apply

``model`` has the data, ``planning`` goes the whole way from settings to a plan, and ``observe`` is
what needs no plan. Imports go in one direction: configuration, model, management, session, plan and
exports, apply, report, observe, planning.

There is no state file. AWS has the state, so the next run continues a run that was killed.
"""

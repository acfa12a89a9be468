"""
From ``dist/`` to every account.

::

    settings ─► section ─┐
    Organizations ─► organization ─► wanted pairs ─┐
                                                   ├─► plan (frozen data) ─► report, or drive
    CloudFormation ─► stack_set ─► actual pairs ───┘                          │
                                                          follow, failure, check, plain

A pair is one account and one Region: what StackSets calls a stack instance. There is no file of
state: what AWS says is the state, so a run that was killed is carried on by the next one.
"""

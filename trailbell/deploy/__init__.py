"""
Deploy single stacks from ``dist/`` by change set.

::

    dist/ ─► diff.templates ──────────────────────────────────────────┐
                                                                      ├─► diff.model (plan) ─┐
    settings ─► target ─► parameter_values ─► change_set ─► change_set_plan                  │
                                              prepare ─┘    stack_settings                   │
        ┌────────────────────────────────────────────────────────────────────────────────────┘
        └─► diff.report, the question ─► apply ─► prepare, execute, stack_settings

In:    the templates in ``dist/``, settings, and an AWS account.
Out:   plans, and a result for each stack that is deployed, verified or deleted.
Never: knowledge of how a template was compiled, or boto3: `trailbell.aws.client` imports it.

A plan is frozen data, and applying it is another function. A dry run is a plan that is not applied.
"""

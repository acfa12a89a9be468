"""
From ``dist/`` to a running stack.

::

    dist/ ─► source ─► offline ─┐                       ┌─► report (text, JSON, Markdown)
                                ├─► plan (frozen data) ─┤
    settings ─► target ─► change set ─► account ┘       └─► apply ─► events ─► outcome

A plan is data; applying it is another function; a dry run is a plan that is not applied.
`trailbell.aws.client` is the one door to boto3. Nothing here knows how a template was compiled.
"""

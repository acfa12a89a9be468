"""
What a rollout is configured to do: ``[rollout.NAME]`` in ``trailbell.toml``.

In:    the settings, the templates in ``dist/``.
Out:   a `Rollout`: its stacks in deployment order, accounts, Regions, waves.
Never: a call.
"""

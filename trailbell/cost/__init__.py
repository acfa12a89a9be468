"""
What stacks cost each month, before they are deployed.

In:    templates, the number of accounts and Regions, and what is known of their events.
Out:   an estimate, the change of costs of a plan, the price of each form of a detection.
Never: a call to AWS, or a price that is written anywhere else than in ``prices.toml``.
"""

"""
Validate compiled templates.

In:    compiled templates and Regions.
Out:   a `ValidationResult` for each: findings with the line of Python, quotas, and the duration.
Never: a file in ``dist/``. `trailbell.dist.manifest` writes.
"""

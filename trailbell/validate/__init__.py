"""
Is a template right?

In:    compiled templates and Regions.
Out:   a `ValidationResult` for each: findings that name the Python line, quotas, and how long it
       took.
Never: a file of ``dist/``. `trailbell.dist.manifest` writes.
"""

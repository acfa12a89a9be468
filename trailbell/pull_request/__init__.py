"""
Comments on pull requests.

In:    Markdown, and what a job of GitHub Actions knows about its pull request.
Out:   one comment for each key, which later runs update.
Never: what a comment says. `trailbell.diff` and `trailbell.rollout` report plans.
"""

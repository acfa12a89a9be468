"""
What the modules of `trailbell.diff.impacts` share: how a change, or what AWS describes, is judged.

Nothing here is about one resource type, and nothing imports a module that is.
"""

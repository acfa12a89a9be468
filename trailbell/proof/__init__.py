"""
What policies allow, as logic.

::

    template ─► combinations ─► encoding ─► formula ─► classes ─► solver ─► request
                                   │
                      conditions, principals, matcher

In:    policies in templates, and promises on what they allow.
Out:   for each promise: proven, or refuted with a request, or undecided with the reason.
Never: an import of z3 for a command that needs none, or "proven" for what the logic cannot say.
"""

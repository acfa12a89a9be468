"""
How three compliance scanners would evaluate templates for the fifteen CIS monitoring controls.

::

    templates ─► possible_values ─► inventory ─┬─► security_hub ─┐
                     │                         ├─► prowler ──────┼─► matrix ─► report
                     └─ tokens, cross_stack    └─► powerpipe ────┘
                        (what an import is)        │
                                                   └─ evaluate: from a metric filter to a
                                                      subscription; pattern_text_match: its pattern

In:    the documents of templates that are deployed together.
Out:   a `Matrix`: a result for each control and scanner, with its reason.
Never: an account, network access, or knowledge of our own content: all templates are evaluated
       alike.
"""

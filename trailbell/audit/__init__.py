"""
How three auditors would grade templates for the fifteen monitoring controls of CIS.

::

    template documents ─► intrinsic ─► evidence ─┬─► security_hub ─┐
                                                 ├─► prowler ──────┼─► matrix ─► report
                                                 └─► powerpipe ────┘
    (export tells what an import is; clause reads a filter's text, chain follows it to a subscriber)

In:    the documents of templates that are deployed beside each other.
Out:   a `Matrix`: a grade for each control and auditor, with its reason.
Never: an account, a network, or our own content: anybody's templates are graded alike.
"""

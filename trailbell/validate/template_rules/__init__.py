"""
The rules for templates, as cfn-lint rules: one class in each module, which has the same name.

In:    a template as cfn-lint reads it.
Out:   matches. The ``shortdesc`` of a rule is the name of the fault, its ``description`` the
       requirement.
Never: how cfn-lint loads them. `trailbell.validate.rules` does that.
"""

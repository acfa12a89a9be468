"""
The rules of this project, as cfn-lint rules: one class per file.

They run in every build, and for any template in ``cfn-lint --append-rules`` with this folder. The
``shortdesc`` is the name of the fault, the ``description`` is the requirement.
"""

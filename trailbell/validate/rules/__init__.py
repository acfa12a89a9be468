"""
Our rules, as rules of cfn-lint: one class a file.

They run in ``build.py`` and, for any template, in ``cfn-lint --append-rules`` with this folder.
"""

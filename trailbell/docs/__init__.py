"""
The generated parts of the documentation.

In:    the catalog, the templates, the rules.
Out:   tables for marked blocks of pages, and a page for each pack.
Never: prose written by hand.
"""

"""
The generated parts of the documentation.

In:    the catalog, the stacks, the compiled templates, the rules.
Out:   tables for the marked blocks of pages, and a page for each pack.
Never: text that is written by hand. A page outside its blocks is not changed.
"""

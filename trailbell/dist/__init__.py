"""
The folder ``dist/``, the interface between compiling and deploying.

In:    compiled templates, to write them; a folder that a build wrote, to read it.
Out:   files and their manifest; templates to deploy or to compare.
Never: how a template was compiled, or what happens to it afterward.
"""

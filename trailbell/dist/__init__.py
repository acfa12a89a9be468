"""
The seam between compiling and deploying: ``dist/``, in both directions.

In:    compiled templates, to be written; a folder that a build wrote, to be read.
Out:   files and their manifest; templates for whoever deploys or compares them.
Never: how a template was compiled, or what happens to it afterward.
"""

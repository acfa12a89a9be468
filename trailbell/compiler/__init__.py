"""
From stacks to templates.

In:    modules of ``stacks/`` and the catalog.
Out:   documents and their text, byte for byte the same every time; the line of Python behind each
       resource.
Never: a judgment on a template, or a file written.
"""

"""
Compile stacks to templates.

In:    the modules in ``stacks/``, and the catalog.
Out:   templates and their text, reproducible byte for byte; the line of Python behind each
       resource.
Never: the validation of a template, or a file written.
"""

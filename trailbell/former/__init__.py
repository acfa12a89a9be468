"""
Modules of content that were written for earlier names still build.

In:    ``from trailbell.detection import ...``, ``trailbell.event``, ``trailbell.stack``, as before.
Out:   the same objects under their former names; former names of their fields are accepted.
Never: an import by Trailbell itself, or a name that is new. The changelog lists old and new names.

`trailbell/__init__.py` adds this folder to the places where modules of the package are found.
"""

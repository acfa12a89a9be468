"""
Two catalogs over the same records.

In:    the catalogs, one of them of another revision or with other settings; hits.
Out:   which events one reports and the other does not, as text, JSON and Markdown.
Never: a second scan. Patterns that are equal on both sides are evaluated once.
"""

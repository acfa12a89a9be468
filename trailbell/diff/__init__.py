"""
The changes between two templates, and their impact.

In:    an old and a new template, or the changes that a change set lists.
Out:   a plan: resources, properties, replacements, impacts, predicted failures; as text, Markdown
       or JSON.
Never: a call to AWS, or a decision to deploy. Both `deploy` and `rollout` use this package.
"""

"""
What changes between two templates, and what that means.

In:    a template before and a template after, or what a change set says of them.
Out:   a plan: resources, properties, replacements, impacts, predicted failures; as text, Markdown
       or JSON.
Never: a call to AWS, or a decision to deploy. Both `deploy` and `rollout` stand on this.
"""

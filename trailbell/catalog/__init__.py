"""
The catalog: what a detection is, which ones are deployed, and what is said about them.

In:    detections as content writes them; ``[catalog]`` of the settings.
Out:   a tested and tuned catalog; the text of notifications; explanations.
Never: how a detection becomes CloudFormation. Stacks are given the catalog.
"""

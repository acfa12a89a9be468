"""
The catalog: what a detection is, which detections are deployed, and the texts about them.

In:    the literals in ``detections/``; ``[catalog]`` of the settings.
Out:   a tested and tuned catalog; the texts of notifications; explanations.
Never: how a detection becomes CloudFormation. Stacks are given the catalog.
"""

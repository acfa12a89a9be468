"""
Templates as CloudFormation has them, wherever they come from.

In:    text, or the document that it holds.
Out:   documents; what they declare, need acknowledged, and may not exceed.
Never: how a template came to be, or whether it is any good.
"""

"""
Coverage of techniques, proven by records.

In:    techniques of a framework with records of each, and the catalog.
Out:   the state of each technique, errors of what cannot be proven, a layer for ATT&CK Navigator.
Never: a list of detections or techniques. They are content.
"""

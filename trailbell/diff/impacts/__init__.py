"""
What a change means: replacement, removal, broadened access, and detection gaps.

One module for each resource type holds what its changes mean for the detection of events. The
package is walked, so a new type is one new module with ``TYPE`` and ``find_gaps``.
"""

"""
What a change means: replacement, removal, broadened access, and detection gaps.

One module for each resource type holds what its changes mean for the detection of events, and how a
deployed resource is read back. The package is walked, so a new type is one new module with ``TYPE``
and ``find_gaps``, and for `verify` ``READS``, ``list_reads`` and ``find_faults``.
"""

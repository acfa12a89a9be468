"""
CloudTrail: what its records are, how they are delivered, and which detections match them.

::

    paths ─► files ─► gunzip ─► chunks ─► file_scan ─► evaluations
              which    bytes     JSON      │  │
              files    in UTF-8  arrays    │  └─ prefilter: which detections can match a record at
                                   │       │               all, by a few key fields
                  timestamped_lines:       └─ envelope: records in CLI output, messages, events
                  lines that begin              query_rows: rows of a query as records
                  with a time                   other_formats: known formats without records
                  recovery: what can be
                  read of damaged JSON

In:    files as CloudTrail delivers them, and what people and services make of them.
Out:   which detections match which records; what could not be read, with the reason.
Never: a whole file in memory, or one damaged record that costs the others.

`event_names` knows the API names of each service. This module imports none of the others: whoever
needs a name of an API does not load the readers of files.
"""

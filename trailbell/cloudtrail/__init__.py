"""
CloudTrail: its records, the files that contain them, and which detections match which records.

::

    paths ─► files ─► gunzip ─► chunks ─► file_scan ─► evaluations
              which    UTF-8     JSON      │  │
              files    bytes     arrays    │  └─ prefilter: the detections that can match a
                                   │       │               record, judged by a few key fields
                  timestamped_lines:       └─ envelope: records in CLI output, messages, events
                  lines that begin              query_rows: query result rows as records
                  with a time                   other_formats: known formats without records
                  recovery: intact
                  records of damaged JSON

In:    log files as CloudTrail delivers them, and what tools and services make of them.
Out:   which detections match which records, and what could not be read, with the reason.
Never: a whole file in memory, or other records lost because one is damaged.

`event_names` knows the API names of each service. This module imports none of the others, so that
a caller that needs only API names does not load the file readers.
"""

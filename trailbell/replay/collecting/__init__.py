"""
From records to hits: files, buckets, and the results of Athena.

In:    detections; paths, or a table of Athena.
Out:   `trailbell.replay.hit.Collected`. `collect` is what others use for files.
Never: a notification, or a hit that is lost silently.
"""

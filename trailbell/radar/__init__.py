"""
The radar: operations of AWS that could blind, destroy or give away, and that nothing detects.

In:    the operations of services, the detections that fire on them, and dismissals.
Out:   a `Sweep`: what is detected, what is dismissed with a reason, and findings.
Never: a call to AWS. Operations are read from the models of the installed botocore.
"""

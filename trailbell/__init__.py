"""Trailbell: a compiler from security detections and IAM policies to CloudFormation."""

__version__ = "0.1.0"

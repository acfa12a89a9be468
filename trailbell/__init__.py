"""Trailbell: a compiler from security detections and IAM policies to CloudFormation."""

__version__ = "0.1.0"

# ``trailbell.detection`` and others that content imports are found under their former names too.
__path__ += [f"{folder}/former" for folder in __path__]

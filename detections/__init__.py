"""What is watched for: one `Detection` literal each, one module a theme."""

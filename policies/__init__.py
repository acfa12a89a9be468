"""IAM and resource policies: functions that return awacs documents, one module per subject."""

"""Who may do what: functions that return awacs documents, one module a subject."""

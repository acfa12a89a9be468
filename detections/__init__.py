"""The detections: one `Detection` literal for each, one module for each theme."""

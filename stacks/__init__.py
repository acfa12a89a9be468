"""What is deployed: one module a stack, each exporting ``STACK``; ``pieces`` is what they share."""

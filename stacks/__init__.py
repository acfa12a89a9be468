"""What is deployed: one module per stack, which defines ``STACK``. They share ``pieces``."""

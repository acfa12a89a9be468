"""The subcommands of ``build.py``, one module each, loaded when they are called."""

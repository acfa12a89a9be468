"""The subcommands of ``trailbell``, one module each, loaded when they are called."""

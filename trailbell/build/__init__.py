"""
A build: compile, validate, and prepare the files of ``dist/``.

In:    the stacks and the catalog of a project.
Out:   a build with its findings, its report, and the files of ``dist/``.
Never: a command line. `trailbell.command` reads options and prints results.
"""

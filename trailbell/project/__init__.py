"""
The project: where it is, what it takes from the baseline, and where its modules are imported from.

In:    the folder with ``trailbell.toml``; the detections, policies and stacks of the package.
Out:   the root of the project, and packages that hold its own modules and those of the baseline.
Never: what a module defines. `trailbell.compiler.discovery` reads that.
"""

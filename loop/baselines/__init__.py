"""Baselines: other ways to spend the same budget of evaluated circuits, judged by the same scorer.

One method a file in `methods/`; `registry` finds it by its name. A baseline run is a run directory like any other, so
that show, report, export and verify work on it.
"""

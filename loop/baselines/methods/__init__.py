"""One baseline a file; `loop.baselines.registry` says what a file provides."""

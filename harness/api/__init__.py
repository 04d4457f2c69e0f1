"""The harness from Python: one function for each command, which the command line calls."""

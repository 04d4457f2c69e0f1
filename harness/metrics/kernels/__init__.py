"""Compiled loops over resamples. Import a kernel where it is called: importing one loads numba."""

"""Texts of architectures from the ways in which upstream files write them; one space a module.

The text of an architecture is its identity in truth tables. Every function takes what a file
holds, unchecked, and the place that it came from, and raises a `DataError` that names the place.
"""

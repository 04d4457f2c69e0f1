"""Spaces with networks of their own, written as an author outside this package would."""

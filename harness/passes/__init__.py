"""Shared observations of an untrained network: computed once, timed by themselves, used by many."""

"""Torch networks of the spaces; the only modules of the package that build torch modules."""

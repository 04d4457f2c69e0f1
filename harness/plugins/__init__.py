"""Methods: one file each, with one constant ``PLUGIN``."""

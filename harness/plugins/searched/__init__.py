"""Families of proxies whose settings are searched."""

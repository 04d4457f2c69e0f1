"""Zero-cost proxies."""

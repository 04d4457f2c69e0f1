"""Files to start a plugin or a space from."""

from harness.starters.starter import write_proxy, write_space

__all__ = ["write_proxy", "write_space"]

"""Files to start a plugin from."""

from harness.starters.starter import write_proxy

__all__ = ["write_proxy"]

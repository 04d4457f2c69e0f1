"""The command line: one module a command."""

from harness.cli.app import main

__all__ = ["main"]

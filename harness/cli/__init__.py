"""The command line: parses options, calls one function of the harness, and prints."""

from harness.cli.app import main

__all__ = ["main"]

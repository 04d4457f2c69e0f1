"""Evaluates training-free neural architecture search against stored NAS-Bench ground truth."""

from harness.api import evaluate

__all__ = ["evaluate"]

"""What networks are called with; which source it came from is part of a score's identity."""

from harness.batches.source import Batch, BatchSource, Draw
from harness.core.architecture import Dataset

__all__ = ["Batch", "BatchSource", "Dataset", "Draw"]

"""Operation scorers against the truth, and the searches that rest on them."""

from harness.operations.discretise import Derivation, Step
from harness.operations.order import Order
from harness.operations.running import Scored, run
from harness.operations.search import Found, PoolSearch, search_pool
from harness.operations.seeds import Experiment
from harness.operations.setup import Extent, Images, Norms, Setup
from harness.operations.summary import ScorerSummary, summarise
from harness.operations.truth import OperationTruth, Standing

__all__ = [
    "Derivation",
    "Experiment",
    "Extent",
    "Found",
    "Images",
    "Norms",
    "OperationTruth",
    "Order",
    "PoolSearch",
    "Scored",
    "ScorerSummary",
    "Setup",
    "Standing",
    "Step",
    "run",
    "search_pool",
    "summarise",
]

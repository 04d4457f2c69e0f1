"""Operation scorers against the truth, and the searches that rest on them."""

from harness.operation_scoring.discretise import Derivation, Step
from harness.operation_scoring.order import Order
from harness.operation_scoring.running import Scored, run
from harness.operation_scoring.search import Found, PoolSearch, search_pool
from harness.operation_scoring.seeds import Experiment
from harness.operation_scoring.setup import Extent, Norms, Setup
from harness.operation_scoring.summary import ScorerSummary, summarise
from harness.operation_scoring.truth import OperationTruth, TableRank

__all__ = [
    "Derivation",
    "Experiment",
    "Extent",
    "Found",
    "Norms",
    "OperationTruth",
    "Order",
    "PoolSearch",
    "Scored",
    "ScorerSummary",
    "Setup",
    "Step",
    "TableRank",
    "run",
    "search_pool",
    "summarise",
]

"""What NAS-Bench-Graph's files hold and do not say."""

import pytest

from harness.core.errors import InfrastructureError
from harness.truth import load, task


@pytest.mark.trap("proteins-fewer-and-auc")
def test_proteins_has_fewer_architectures_and_another_metric() -> None:
    try:
        table = load("nbgraph-proteins-test")
    except InfrastructureError as error:
        pytest.skip(str(error))
    assert (table.n, table.metric) == (2021, "ROC AUC")
    values = table.values.values()
    assert (round(min(values), 3), round(max(values), 3)) == (0.670, 0.793)
    assert (task("nbgraph-cora-test").n, task("nbgraph-cora-test").metric) == (26206, "accuracy")

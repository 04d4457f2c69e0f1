"""Archives whose scores are changed."""

from harness.records.record import PluginScore
from harness.records.store import Store


def changed(results, change):
    """Write an archive whose scores are changed, by key and place of the architecture."""
    source, target = Store(results / "archive"), Store(results / "changed")
    (condition,) = source.conditions()
    (environment,) = source.environments().values()
    with target.appending(condition, environment) as log:
        for place, record in enumerate(source.records(condition)):
            scores = {
                key: PluginScore.of(change(key, place, score.result()), score.cost, score.passes)
                for key, score in record.scores.items()
            }
            log.append(record.model_copy(update={"scores": scores}))
    (results / "archive").rename(results / "honest")
    (results / "changed").rename(results / "archive")


def scaled(outcome, factor):
    return type(outcome)(components={name: factor * v for name, v in outcome.components.items()})

from harness.core.errors import UsageError, unknown_name


def test_an_unknown_name_is_answered_with_the_nearest_known_one_and_its_place():
    error = unknown_name("metric", "kendal", ["spearman", "kendall"], "suites/a.toml [metrics]")
    assert isinstance(error, UsageError)
    assert str(error) == (
        "unknown metric 'kendal' in suites/a.toml [metrics]; did you mean 'kendall'? "
        "Known: kendall, spearman."
    )


def test_a_name_without_neighbour_is_answered_with_all_known_ones():
    assert str(unknown_name("plugin", "xyz", ["a", "b"])) == "unknown plugin 'xyz'. Known: a, b."


def test_of_very_many_known_names_the_first_forty_are_listed():
    known = [f"task-{number:03d}" for number in range(100)]
    message = str(unknown_name("task", "xyz", known))
    assert message.endswith("task-038, task-039 and 60 more.")

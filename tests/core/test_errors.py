from harness.core.errors import UsageError, sentence_of, unknown_name


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


def test_a_file_that_is_read_as_nothing_is_no_misspelt_name(tmp_path):
    table = tmp_path / "scores.xlsx"
    table.touch()
    message = str(unknown_name("suite", str(table), ["a"]))
    assert f"{str(table)!r}; it is a file, but files of a suite end in .toml, .csv" in message


def test_a_folder_in_place_of_a_suite_is_told_from_an_unknown_name(tmp_path):
    message = str(unknown_name("suite", str(tmp_path), ["smoke"]))
    assert (
        "it is a folder: name it as the space of a suite in a .toml file. Known: smoke" in message
    )


def test_a_text_that_utf_8_cannot_hold_is_escaped_in_a_sentence():
    assert sentence_of(ValueError("no file caf\udce9")) == "ValueError: no file caf\\udce9"


def test_an_error_that_says_nothing_is_its_name_and_one_of_several_lines_the_first_with_text():
    assert sentence_of(MemoryError()) == "MemoryError"
    assert sentence_of(ValueError("\n  no such layer \nat line 3")) == "ValueError: no such layer"

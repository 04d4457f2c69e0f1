SMALL = ("smoke", "--sample", "6", "--workers", "0", "--only", "--plugin")


def test_shards_scored_apart_and_merged_are_the_whole_run(harness, convolutions):
    for number in ("1", "2"):
        shard = ("--shard", f"{number}/2", "--results", f"shard-{number}")
        done = harness("run", *SMALL, convolutions, *shard)
        assert "3 scores computed" in done.stderr, done.stderr
        assert f"this is no-unreachable/6@0, shard {number}/2; join all shards" in done.stderr
        assert done.stdout == ""  # a leaderboard of a part would mislead
    done = harness("merge", "shard-1", "shard-2", "--into", "whole")
    assert done.stderr == "6 scores added to whole, 0 were there already\n"
    done = harness("run", *SMALL, convolutions, "--results", "whole")
    assert "0 scores computed, 6 reused" in done.stderr


def test_a_folder_without_results_is_one_sentence_and_exit_code_2(harness):
    done = harness("merge", "nowhere", "--into", "whole")
    assert done.returncode == 2
    assert done.stderr == (
        "error: there are no results in nowhere; name a folder given as --results\n"
    )

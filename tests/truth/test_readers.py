import importlib
import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import DataError
from harness.spaces import darts, nas_bench_101, nas_bench_201
from harness.truth.locate import Content
from harness.truth.own_reading import READERS
from harness.truth.readers import csv_columns
from harness.truth.reading import Reading
from tests.truth.conftest import published
from tests.truth.upstream import CELL_101, GENOTYPE, GENOTYPE_TEXT, MIXED, SAMPLES, Sample


def read(sample: Sample) -> Reading:
    module = importlib.import_module(f"harness.truth.readers.{READERS[sample.reader]}")
    return module.read(content_of(sample), sample.arguments, sample.unit)


def content_of(sample: Sample) -> Content:
    architectures = None
    if sample.architectures:
        architectures = Content(
            source=published(sample.architectures),
            path=Path("architectures.zip"),
            data=sample.architectures,
        )
    return Content(
        source=published(sample.data),
        path=Path(sample.file),
        data=sample.data,
        architectures=architectures,
    )


def reading_or_message(sample: Sample) -> Reading | str:
    try:
        return read(sample)
    except DataError as error:
        return str(error)


def damaged(name: str, old: str, new: str, count: int = -1) -> Sample:
    sample = SAMPLES[name]
    assert old.encode() in sample.data
    return replace(sample, data=sample.data.replace(old.encode(), new.encode(), count))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_small_file_gives_the_values_that_were_put_in(name: str) -> None:
    sample, reading = SAMPLES[name], read(SAMPLES[name])
    assert reading.values == (sample.values if sample.exact else pytest.approx(sample.values))
    assert reading.runs == sample.runs
    assert reading.without_value == sample.without_value


def test_every_reader_has_a_sample() -> None:
    assert {sample.reader for sample in SAMPLES.values()} == set(READERS)


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
def test_a_damaged_file_gives_values_or_a_data_error_that_names_it(
    name: str, data: st.DataObject
) -> None:
    sample = SAMPLES[name]
    start = data.draw(st.integers(0, len(sample.data)))
    end = data.draw(st.integers(start, min(len(sample.data), start + 20)))
    put = data.draw(st.binary(max_size=6) | st.sampled_from([b"NaN", b"1e999", b"[", b'"', b"-1"]))
    changed = replace(sample, data=sample.data[:start] + put + sample.data[end:])
    outcome = reading_or_message(changed)
    if isinstance(outcome, str):
        assert sample.file in outcome
    else:
        assert all(isinstance(value, float) for value in outcome.values.values())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_in_half_is_refused(name: str) -> None:
    sample = SAMPLES[name]
    with pytest.raises(DataError, match=sample.file):
        read(replace(sample, data=sample.data[: len(sample.data) // 2 + 3]))


@pytest.mark.parametrize("name", SAMPLES)
def test_arguments_that_a_reader_has_no_use_for_are_refused(name: str) -> None:
    with pytest.raises(DataError, match="was given"):
        read(replace(SAMPLES[name], arguments={"colour": "red"}))


NUMBER_FAULTS = [
    ("gennas 201", "60.5", "NaN", r"cifar10valid\.json, entry 0: expected a finite number"),
    ("gennas 201", "60.5", "true", "entry 0: expected a number, found True"),
    ("gennas 201", "60.5", '"60.5"', "entry 0: expected a number, found '60.5'"),
    ("gennas 201", "60.5", "1" + "0" * 400, "entry 0: expected a finite number"),
    ("gennas 201", "60.5", "100.5", r"entry 0: 100\.5 is outside \[0\.0, 100\.0\].* percent"),
    ("gennas macro", "-0.6", "0.6", "outside .* negative loss"),
    ("csv", "60.5", "inf", r"nb201\.csv, row 2, column val_accs: expected a finite"),
    ("csv", "60.5", "good", "row 2, column val_accs: expected a number, found 'good'"),
    ("csv, hardware", "0.957", "-2", r"hw_cifar10\.csv, row 3, column edgetpu_latency: -2\.0 is"),
    ("csv, hardware", "0.957", "nan", "row 3, column edgetpu_latency: expected a finite number"),
    (
        "csv, hardware rounded",
        "0.3\n",
        "1e400\n",
        "row 3, column eyeriss_energy: expected a finite",
    ),
    ("csv, devices", "18", "18 ms", "row 3, column pixel2: expected a number, found '18 ms'"),
    ("csv, devices", "18", "-18", r"row 3, column pixel2: -18\.0 is outside .* milliseconds"),
    ("csv, attacks", "90.25", "190.25", r"row 3, column fgsm@Linf_eps-0\.1: 190\.25 is outside"),
    ("csv, 12 epochs", "90.25", "", "row 3, column imagenet-val: expected a number, found ''"),
    ("naslib json", "60.5", "-0.5", r"key '\(0, 0, 0, 0, 0, 0\)', val_accuracy: -0\.5 is outside"),
    ("naslib json", '"val_accuracy": 60.5', '"x": 60.5', "no 'val_accuracy'"),
    ("nlp csv", "4.25,", "-4.25,", r"RNN_results\.csv, recipe .*: -4\.25 is outside .* nats"),
    ("nlp csv", "4.5,", "NaN,", r"RNN_results\.csv, row 2, column loss: expected a finite number"),
    ("vit", "240,", "216,", "0 of 0 of width 240 and 1 of 2 others are below 73"),
    ("encoders as trained", "60.0", "60.5", r"entry 0: glue 77\.5 is not the mean of the eight"),
    (
        "encoders as written",
        "80.0",
        "null",
        "BERT_benchmark.json, entry 0, cola: expected a number",
    ),
    ("decoders", "60.5", "0.5", r"random_GPT2\.csv, row 2, .*0\.5 is outside .* perplexity"),
    ("vit", "71.25", "", "row 2, column imagenet_super_acc: expected a number, found ''"),
    ("gennas mr", "60.5", "-1", r"3ddet\.json, entry 0: -1\.0 is outside"),
    ("zerocost csv", "61.0", "161.0", r"nb2\.csv, row 2: 161\.0 is outside"),
    ("zerocost csv", "90.25", "", r"row 3: architecture \|nor_conv_3x3~0.* has no value"),
    ("one shot", "0.25", "1.25", r"row \d+: -0.25 is outside"),
    ("macro", "91.0", "92.0", "mean_acc 90.0 is not the mean"),
    ("macro", "89.0, ", "", "expected three test accuracies"),
    ("darts", ",85.0", ",850", r"darts\.csv, row 1, column 2: 850\.0 is outside"),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), NUMBER_FAULTS)
def test_a_value_that_cannot_be_right_is_refused_at_its_place(
    name: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read(damaged(name, old, new, 1))


ARCHITECTURE_FAULTS = [
    ("vit", "[3, 4, ", "[5, 4, ", r"autoformer\.csv, row 2: .*'5x3\.5'"),
    ("vit", "[3, 4, ", "[4, ", "row 2: depth is .12., with 11 numbers of heads and 12 ratios"),
    ("vit", "[3, 4, ", "[NaN, 4, ", "row 2: .*a number that is not finite"),
    ("vit", "240", "250", "is not on the rows of its networks"),
    ("pit", "[2, 8, 4]", "[2, 8, 9]", r"pit\.csv, row 2: .*depth is '2-8-9'"),
    ("pit", "[2, 8, 4]", "2", "row 2: expected a list of numbers, found .2."),
    ("gennas mr", '"input_channel"', '"channels"', "entry 0: expected input_channel"),
    ("gennas mr", "[1, [1], [16]], [1, [1], [16]]", "[1, [1], [16]], [1, [1], [24]]", "differ"),
    ("gennas mr", "[1, [1], [16]]", "[1, [1, 1], [16]]", "module 0: expected .branches"),
    ("gennas mr", "[2, 4, 3]", "[2.5, 4, 3]", "whole numbers, found .2.5"),
    ("gennas mr", "[2, 4, 3]", "[7, 4, 3]", "s3_blocks0 is '7', not one of 1, 2, 3, 4"),
    ("gennas 201", "[3]", "[5]", "entry 1: operation .5. in"),
    ("gennas 201", "[3]", "[3.0]", r"entry 1: .*expected an integer, found 3\.0"),
    ("gennas 101", "conv3x3-bn-relu", "conv5x5", "entry 0: .*conv5x5"),
    ("gennas 101", "[0, 0, 1]", "[1, 0, 1]", "entry 0: .*row 1, column 0"),
    ("gennas micro", "333", "334", "entry 0: .*4"),
    ("gennas macro", "4111", "4115", "entry 0: .*4115"),
    ("csv", "(2, 1", "(7, 1", "row 3, column net: .*7"),
    ("csv", "(2, 1", "(f(), 1", "row 3, column net: .* no Python literal"),
    ("csv, hardware", "(2, 1", "(7, 1", "row 3, column net: .*7"),
    ("csv, devices", "nor_conv_3x3~0", "nor_conv_5x5~0", "row 3, column arch: .*nor_conv_5x5"),
    ("csv, 12 epochs", "|skip_connect~0|+", "skip", "row 2, column cellstr: "),
    ("csv, one column an edge", "3,0,1", "9,0,1", "row 3, column op01, op02, op12, .*9"),
    ("csv, one column an edge", "3,0,1", "x,0,1", "row 3, column op01, op02, op12, .*x"),
    ("naslib json", "(2, 1", "(2", "key .* 5 numbers"),
    ("nlp csv", "model_7", "model_x", "row 2: 'log_stats_model_x.* is no other name of a log"),
    (
        "nlp csv",
        "model_5_2020-04-15_22-15-44_999945567",
        "model_7_2020-04-15_1",
        "row 3: .* no other name of a log",
    ),
    ("encoders as trained", "WMA", "DCT", "entry 1: .*'SA', 'DCT'.* is no operation"),
    ("encoders as written", '"id": 2', '"id": 7', "entry 2: expected a training with id 2"),
    ("encoders as trained", "nas_config", "config", "entry 0: no configuration of an encoder"),
    ("encoders as written", '"hidden_size": 128', '"hidden_size": 99', "the width is 128 or 256"),
    ("decoders", "[8, 2]", "[8]", "row 2, column n_head: 1 numbers for 2 layers"),
    ("decoders", "[8, 2]", "[8, 2.0]", "row 2, column n_head: expected whole numbers"),
    ("decoders", "3,128", "1000000000000,128", "column n_head: 16 numbers for 1000000000000"),
    ("decoders", ",4,900", ",4,100", "row 3: .* 512 to 2048 units"),
    ("decoders", "true,true", "true,false", "row 2, column adaptive: expected true, found 'false'"),
    ("zerocost csv", "3,0,1", "9,0,1", "row 3: .*9"),
    ("zerocost csv", "3,0,1", "x,0,1", "row 3, column op01: expected an operation id, found 'x'"),
    ("one shot", "maxpool3x3", "minpool", r"row \d+: .*minpool"),
    ("one shot", "[0. 1.", "[1.", "expected 49 entries"),
    ("macro", "01201222", "01201223", "key '01201223': .*01201223"),
    ("darts", "dil_conv_5x5", "dil_conv_7x7", "row 1, column 1: .*dil_conv_7x7"),
    ("darts", "('sep_conv_5x5', 4)", "('sep_conv_5x5', 5)", "row 1, column 1: .*5"),
    ("darts", "[2, 3, 4, 5]", "[2, 3, 4]", r"row 1, column 1: .*normal_concat"),
    ("darts", "Genotype(", "system(", r"row 1, column 1: .*system\("),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), ARCHITECTURE_FAULTS)
def test_an_architecture_that_does_not_exist_is_refused_at_its_place(
    name: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        read(damaged(name, old, new, 1))


REPEATED = [
    ("gennas 201", json.dumps([[[[1], [1, 1], [1, 1, 1]], 60.5]] * 2), "entry 1: .*second time"),
    ("naslib json", '{"nasbench201": {"a": 1, "a": 1}}', "key 'a' occurs a second time"),
    ("macro", '{"01201222": {}, "01201222": {}}', "key '01201222' occurs a second time"),
    (
        "csv",
        'net,val_accs\n"(0, 0, 0, 0, 0, 0)",1\n"(0,0,0,0,0,0)",1\n',
        "row 3.*second time",
    ),
    ("darts", f'"{GENOTYPE}",85.0\n"{GENOTYPE}",85.0\n', "row 2, column 2: .*second time"),
]


@pytest.mark.parametrize(("name", "text", "message"), REPEATED)
def test_an_architecture_that_occurs_twice_is_refused(name: str, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(replace(SAMPLES[name], data=text.encode()))


def test_two_pairs_of_a_node_in_another_order_are_the_same_genotype() -> None:
    swapped = GENOTYPE.replace(
        "('sep_conv_3x3', 0), ('skip_connect', 1)", "('skip_connect', 1), ('sep_conv_3x3', 0)"
    )
    assert swapped != GENOTYPE
    sample = replace(SAMPLES["darts"], data=f'"{swapped}",85.0\n'.encode())
    assert read(sample).values == {GENOTYPE_TEXT: 85.0}


@pytest.mark.parametrize("name", ["analog", "graph", "zerocost pickle"])
def test_a_pickle_that_is_no_table_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="expected a dict"):
        read(replace(SAMPLES[name], data=pickle.dumps([1, 2])))


def test_a_table_of_analog_numbers_without_records_is_refused() -> None:
    data = pickle.dumps({(0, 0, 0, 0, 0, 0): 60.5})
    with pytest.raises(DataError, match="expected a record with the field 'baseline_accuracy'"):
        read(replace(SAMPLES["analog"], data=data))


def test_an_architecture_without_a_value_that_occurs_twice_is_refused() -> None:
    data = b'net,edgetpu_latency\n"(0, 0, 0, 0, 0, 0)",-1\n"(0,0,0,0,0,0)",2\n'
    with pytest.raises(DataError, match=r"row 3, column edgetpu_latency: .*second time"):
        read(replace(SAMPLES["csv, hardware"], data=data))


def test_the_column_of_architectures_is_read_once_for_all_columns_of_a_file() -> None:
    samples = [SAMPLES["csv, hardware"], SAMPLES["csv, hardware rounded"]]
    csv_columns._texts.cache_clear()
    for sample in samples:
        read(sample)
    assert csv_columns._texts.cache_info().misses == 1


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    sample = SAMPLES["csv, devices"]
    assert read(replace(sample, data=b"\xef\xbb\xbf" + sample.data)).values == sample.values


@pytest.mark.parametrize("number", ["minus one", ""])
def test_an_argument_that_must_be_a_number_is_refused_where_it_is_none(number: str) -> None:
    sample = SAMPLES["csv, hardware"]
    with pytest.raises(DataError, match=r"was given .*, expected a number as missing"):
        read(replace(sample, arguments=sample.arguments | {"missing": number}))


def test_a_missing_column_of_a_csv_is_named() -> None:
    with pytest.raises(DataError, match=r"nb201\.csv has no column 'val_accs'"):
        read(damaged("csv", "val_accs", "accuracy"))


def test_a_row_of_another_length_is_named() -> None:
    with pytest.raises(DataError, match="row 2: expected 4 cells, found more"):
        read(damaged("csv", "60.5", "60.5,1"))


def test_the_adjacency_that_lost_its_rows_is_not_taken_for_an_architecture() -> None:
    whole = SAMPLES["one shot"].data.decode()
    start, end = whole.index('"['), whole.index(']"')
    cut = whole[:start] + '"[0. 1. 1. 0. 0. 0. 0.' + whole[end:]
    with pytest.raises(DataError, match=r"row .*, column adj_matrix: expected 49 entries"):
        read(replace(SAMPLES["one shot"], data=cut.encode()))


def test_an_archive_without_the_data_set_is_refused() -> None:
    arguments = SAMPLES["naslib zip"].arguments | {"dataset": "svhn"}
    with pytest.raises(DataError, match=r"has no member for .*svhn"):
        read(replace(SAMPLES["naslib zip"], arguments=arguments))


def test_an_unknown_benchmark_is_answered_with_the_nearest() -> None:
    arguments = SAMPLES["naslib zip"].arguments | {"benchmark": "nasbench-201"}
    with pytest.raises(DataError, match="did you mean 'nasbench201'"):
        read(replace(SAMPLES["naslib zip"], arguments=arguments))


def test_the_samples_name_architectures_of_their_spaces() -> None:
    spaces = (nas_bench_201, nas_bench_101, darts)
    texts = (MIXED, CELL_101, GENOTYPE_TEXT)
    assert [space.SPACE.parse(text).text for space, text in zip(spaces, texts, strict=True)] == [
        *texts
    ]

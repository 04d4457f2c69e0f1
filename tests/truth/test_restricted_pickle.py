import os
import pickle
import pickletools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import DataError
from harness.truth.restricted_pickle import load

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


class Record:
    def __setstate__(self, state: object) -> None:
        self.state = state


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> object:
        return self.call


def message_of(data: bytes) -> str:
    """The message of the refusal; of what is no refusal, a message too."""
    try:
        load(data, {("package", "Record"): Record}, "file")
    except DataError as error:
        return str(error)
    return "file was read"


@given(value=PLAIN, protocol=st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_a_pickle_of_plain_values_is_read_in_every_protocol(value: object, protocol: int) -> None:
    # Protocols below 3 spell bytes as a call, which is refused like any other.
    data = pickle.dumps(value, protocol)
    if b"_codecs" in data or b"__builtin__" in data:
        return
    assert load(data, {}, "file") == value


def test_a_pickle_that_runs_a_command_is_refused_and_nothing_runs(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    data = pickle.dumps(Calls(os.system, f"touch {trace}"))
    with pytest.raises(DataError, match=r"bad\.anb asks for (posix|nt)\.system, .* refused"):
        load(data, {}, "bad.anb")
    assert not trace.exists()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_refusal_names_the_global_in_every_protocol(protocol: int) -> None:
    with pytest.raises(DataError, match=r"file asks for (builtins|__builtin__)\.eval"):
        load(pickle.dumps(Calls(eval, "1"), protocol), {}, "file")


def test_a_refusal_lists_what_is_allowed() -> None:
    with pytest.raises(DataError, match=r"Allowed: package\.Record\. .*fetch the published one"):
        load(pickle.dumps(Calls(eval, "1")), {("package", "Record"): Record}, "file")


def test_an_allowed_name_gives_the_readers_own_type() -> None:
    data = b"\x80\x04\x8c\x07package\x8c\x06Record\x93)\x81}\x8c\x01aK\x01sb."
    loaded = load(data, {("package", "Record"): Record}, "file")
    assert isinstance(loaded, Record)
    assert loaded.state == {"a": 1}


def test_an_attribute_of_an_allowed_name_is_not_reached() -> None:
    data = b"\x80\x04\x8c\x07package\x8c\x0fRecord.__init__\x93."
    with pytest.raises(DataError, match=r"asks for package\.Record\.__init__"):
        load(data, {("package", "Record"): Record}, "file")


def test_a_persistent_id_is_refused() -> None:
    with pytest.raises(DataError, match="object outside itself"):
        load(b"\x80\x04\x8c\x01aQ.", {}, "file")


def test_an_extension_code_is_refused() -> None:
    with pytest.raises(DataError, match="file is no readable pickle"):
        load(b"\x80\x02\x82\x01.", {}, "file")


def test_long_content_is_refused_unread() -> None:
    with pytest.raises(DataError, match="has 11 bytes, more than the 10"):
        load(b"not a pickle"[:11], {}, "file", limit_bytes=10)


@pytest.mark.parametrize("memo", [b"r\xff\xff\xff\x7f", b"p2147483647\n"])
def test_a_memo_index_that_would_reserve_gigabytes_is_refused(memo: bytes) -> None:
    with pytest.raises(DataError, match="memo index out of range"):
        load(b"\x80\x02N" + memo + b".", {}, "file")


def test_a_cut_pickle_is_refused_wherever_it_is_cut() -> None:
    data = pickle.dumps({(0, 1, 2): [85.62, 86.18], "text": b"bytes"})
    for length in range(len(data)):
        with pytest.raises(DataError, match="file is no readable pickle"):
            load(data[:length], {}, "file")


@given(data=st.binary(max_size=200))
def test_random_bytes_give_a_value_or_a_data_error(data: bytes) -> None:
    assert "file" in message_of(data)


OPCODES = st.sampled_from([opcode.code.encode("latin-1") for opcode in pickletools.opcodes])


@given(parts=st.lists(OPCODES | st.binary(max_size=6), max_size=40))
def test_random_opcodes_give_a_value_or_a_data_error(parts: list[bytes]) -> None:
    assert "file" in message_of(b"".join(parts) + b".")

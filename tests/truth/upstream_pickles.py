"""Tiny pickles in their published formats, made by hand."""

from __future__ import annotations

import io
import pickle
import struct

__all__ = ["analog", "graph"]


class _Fields:
    """Pickles as an object of another module."""

    def __init__(self, **fields: object) -> None:
        self.__dict__.update(fields)


def analog() -> bytes:
    """Two cells of AnalogNAS-Bench, as objects of its own classes."""

    class Architecture(_Fields):
        pass

    class DriftMeasurement(_Fields):
        pass

    class Pickler(pickle._Pickler):
        def save_global(self, obj: object, name: str | None = None) -> None:
            self.write(b"\x8c\x13analognasbench.data")
            text = obj.__name__.encode()
            self.write(b"\x8c" + bytes([len(text)]) + text + b"\x93")

    def record(accuracy: float, drift: float) -> _Fields:
        after = DriftMeasurement(value=drift, uncertainty=0.5)
        return Architecture(baseline_accuracy=accuracy, analog_drift_60=after)

    # Ids 0 skip, 1 none, 2 conv3x3, 3 conv1x1, 4 pool on (0,1) (0,2) (0,3) (1,2) (1,3) (2,3).
    table = {(0, 0, 0, 0, 0, 0): record(60.5, 10.0), (2, 1, 4, 0, 3, 1): record(90.25, 80.0)}
    file = io.BytesIO()
    Pickler(file, 4).dump(table)
    return file.getvalue()


def graph() -> bytes:
    """Protocol 3 with the two globals by which numpy scalars are pickled."""
    entry = b"}(X\x0a\x00\x00\x00valid_perfG" + struct.pack(">d", 0.75)
    entry += b"X\x07\x00\x00\x00latencyG" + struct.pack(">d", 0.005)
    entry += b"X\x04\x00\x00\x00perfcnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n"
    entry += b"(X\x02\x00\x00\x00f8\x89\x88tR(K\x03X\x01\x00\x00\x00<NNN"
    entry += b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    entry += b"C\x08" + struct.pack("<d", 0.5) + b"\x86Ru"
    # 61273: links 6 = 0112, operations 1 gcn, 2 gin, 7 fc, 3 cheb.
    return b"\x80\x03}M\x59\xef" + entry + b"s."

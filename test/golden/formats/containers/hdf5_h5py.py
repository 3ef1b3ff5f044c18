"""HDF5 files of h5py in the forms that are read, and what they hold as JSON: python hdf5_h5py.py FOLDER"""
import json
import sys
from pathlib import Path

import h5py
import numpy as np

folder = Path(sys.argv[1])
random = np.random.default_rng(1)
types = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">f4", ">i4"]
described = {}


def numbers(array):
    return [str(value) for value in np.asarray(array).ravel().tolist()]


def drawn(shape, dtype):
    if np.dtype(dtype).kind == "f":
        return random.normal(size=shape).astype(dtype)
    return random.integers(0, 100, size=shape).astype(dtype)


def fill(file, options):
    expected = {}

    def dataset(group, name, data, **more):
        group.create_dataset(name, data=data, **more)
        path = f"{group.name}/{name}".replace("//", "/")
        expected[path] = {"shape": list(np.shape(data)), "values": numbers(data)}

    # A group of more than eight names is in another form in the newest files, which is not read.
    for dtype in types if options["children"] > 8 else types[:1]:
        dataset(file, f"type {dtype}", drawn((3, 2), dtype))
    dataset(file, "extremes", np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38], "f4"))
    dataset(file, "half", np.array([0.0, 6e-8, 6.1e-5, 65504, np.inf, -1.5], "f2"))
    deep = file.create_group("layers/dense/vars")
    dataset(deep, "scalar", np.int64(2**60))
    dataset(deep, "empty", np.zeros((0, 3), "f4"))
    dataset(deep, "0", drawn((4, 5), "f4"))
    dataset(deep, "__proto__", drawn((1,), "f4"))
    many = file.create_group("many")
    for i in range(options["children"]):
        dataset(many, f"child_{i}", np.float32(i))
    dataset(file, "bool", np.array([True, False]))
    if options["chunks"]:
        for name, more in {
            "chunked": {},
            "gzip": {"compression": "gzip"},
            "shuffled": {"compression": "gzip", "shuffle": True, "fletcher32": True},
        }.items():
            dataset(file, name, drawn((7, 5, 6), "f4"), chunks=(3, 2, 4), **more)
        dataset(file, "wide", drawn((40, 9), "i4"), chunks=(1, 2), compression="gzip")
    file["texts"] = np.array(["one", "zwei", "\u4e09"], dtype=h5py.string_dtype())
    file.attrs["text"] = "\u00e4 text"
    file.attrs["bytes"] = np.bytes_(b"fixed")
    file.attrs["texts"] = ["a", "", "longer than the others"]
    file.attrs["fixed"] = np.array([b"conv2d", b"dense_1"])
    file.attrs["integer"] = 7
    file.attrs["float"] = 0.5
    file.attrs["floats"] = np.array([1.5, 2.5], "f4")
    file.attrs["flag"] = True
    deep.attrs["long"] = "x" * options["long"]
    return expected


def write(name, options, **more):
    with h5py.File(folder / f"{name}.h5", "w", **more) as file:
        described[name] = fill(file, options)


write("earliest", {"children": 200, "chunks": True, "long": 5000})
write("latest", {"children": 5, "chunks": False, "long": 500}, libver="latest")
with h5py.File(folder / "dense.h5", "w", libver="latest") as file:
    for i in range(20):
        file.create_group(f"group_{i}")
with h5py.File(folder / "links.h5", "w") as file:
    file["linked"] = h5py.SoftLink("/elsewhere")
with h5py.File(folder / "never-written.h5", "w") as file:
    file.create_dataset("huge", shape=(2**20, 2**20), dtype="f4")
with h5py.File(folder / "promises.h5", "w") as file:
    file.create_dataset("huge", shape=(2**20, 2**20), dtype="f4", chunks=(16, 16), compression="gzip")
    file["huge"][0, 0] = 1
(folder / "hdf5-h5py.json").write_text(json.dumps(described))

#!/usr/bin/python3
"""Writes the seed corpus: corpus/<target>/*, a few small good files each, with Pillow and NumPy.

    make_corpus.py
"""
import gzip
import io
import json
import pathlib
import re
import struct

import numpy

HERE = pathlib.Path(__file__).parent
CORPUS = HERE / "corpus"


def write(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def images():
    text = (HERE.parent / "zoo" / "picture_samples.inc").read_text()
    # Each sample: name and size, the expected pixels, the file's bytes.
    for name, data in re.findall(r'\{"([^"]+)".*?\n .*?\n \{(.*?)\}\}', text):
        slug = re.sub(r"[^a-z0-9]+", "_", name.lower())
        write("image", slug, bytes(int(v) for v in data.split(",")))


def arrays():
    for name, array in {
        "f4": numpy.arange(6, dtype="<f4").reshape(2, 3),
        "fortran_i2": numpy.asfortranarray(numpy.arange(6, dtype=">i2").reshape(3, 2)),
        "bool_scalar": numpy.array(True),
    }.items():
        out = io.BytesIO()
        numpy.save(out, array)
        write("npy", name, out.getvalue())


def safetensors():
    entries = {
        "__metadata__": {"k": "v"},
        "a": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
        "b": {"dtype": "BF16", "shape": [], "data_offsets": [8, 10]},
        "c\u00fc": {"dtype": "BOOL", "shape": [0, 3], "data_offsets": [10, 10]},
    }
    header = json.dumps(entries).encode()
    write("safetensors", "three", struct.pack("<Q", len(header)) + header + bytes(10))
    write("safetensors", "empty", struct.pack("<Q", 2) + b"{}")


def idx():
    data = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3]) + bytes(range(6))
    write("idx", "plain", data)
    write("idx", "gzip", gzip.compress(data, mtime=0))


images()
arrays()
safetensors()
idx()

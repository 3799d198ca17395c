#!/usr/bin/env python3
"""Writes the seed corpora of whole models (ONNX, documents, saved models) and of two plain formats,
with the standard library alone.

    make_model_corpus.py
"""
import json
import pathlib
import struct

CORPUS = pathlib.Path(__file__).parent / "corpus"


def write(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


# Protocol buffers: a message is the bytes of its fields, one after the other.

def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value >= 128:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def fields(number, values):
    return b"".join(field(number, value) for value in values)


def floats(name, dims, values, raw=False):
    packed = struct.pack(f"<{len(values)}f", *values)
    return fields(1, dims) + field(2, 1) + field(8, name) + field(9 if raw else 4, packed)


def integers(name, dims, values):
    return fields(1, dims) + field(2, 7) + field(8, name) + fields(7, values)


def attribute(name, value):
    kinds = {int: (3, 2), float: (2, 1), str: (4, 3), bytes: (5, 4)}
    if isinstance(value, (list, tuple)):
        number, kind = (7, 6) if isinstance(value[0], float) else (8, 7)
        return field(1, name) + fields(number, value) + field(20, kind)
    number, kind = kinds[type(value)]
    return field(1, name) + field(number, value) + field(20, kind)


def node(kind, inputs, output, **attributes):
    body = fields(1, inputs) + field(2, output) + field(3, "n_" + output) + field(4, kind)
    return body + fields(5, (attribute(key, value) for key, value in attributes.items()))


def value_info(name, shape, kind=1):
    dims = (field(2, dim) if isinstance(dim, str) else field(1, dim) for dim in shape)
    tensor = field(1, kind) + field(2, fields(1, dims))
    return field(1, name) + field(2, field(1, tensor))


def onnx(name, nodes, initializers, shape=("N", 3, 8, 8), opset=13):
    graph = fields(1, nodes) + field(2, "graph") + fields(5, initializers)
    graph += field(11, value_info("x", shape)) + field(12, value_info("y", ("N", 2)))
    model = field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, opset))
    write("onnx", name, model)


def onnx_models():
    conv = floats("w", (2, 3, 3, 3), [0.1] * 54)
    ones = [floats(name, (2,), [1.0, 2.0], raw=True) for name in ("s", "b", "m", "v")]
    matrix = floats("f", (2, 2), [1.0, 2.0, 3.0, 4.0])
    onnx("classifier", [
        node("Conv", ["x", "w", "b"], "c", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
        node("BatchNormalization", ["c", "s", "b", "m", "v"], "n", epsilon=1e-5),
        node("Relu", ["n"], "r"),
        node("MaxPool", ["r"], "p", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        node("Dropout", ["p"], "d"),
        node("GlobalAveragePool", ["d"], "g"),
        node("Flatten", ["g"], "t", axis=1),
        node("Gemm", ["t", "f", "b"], "y", alpha=1.0, beta=1.0, transB=1),
    ], [conv, matrix, *ones])
    onnx("shape_chain", [
        node("Shape", ["x"], "sh"),
        node("Constant", [], "zero", value=integers("", (), [0])),
        node("Gather", ["sh", "zero"], "n", axis=0),
        node("Unsqueeze", ["n", "axes"], "u"),
        node("Concat", ["u", "minus"], "to", axis=0),
        node("Reshape", ["x", "to"], "y"),
    ], [integers("axes", (1,), [0]), integers("minus", (1,), [-1])])
    onnx("movement", [
        node("Pad", ["x", "pads"], "p", mode="reflect"),
        node("Slice", ["p", "starts", "ends", "axes", "steps"], "s"),
        node("Transpose", ["s"], "t", perm=[0, 2, 3, 1]),
        node("Transpose", ["t"], "u", perm=[0, 3, 1, 2]),
        node("Resize", ["u", "", "scales"], "r", mode="linear"),
        node("Clip", ["r", "low"], "c"),
        node("Concat", ["c", "r"], "k", axis=1),
        node("ReduceMean", ["k"], "m", axes=[2, 3], keepdims=0),
        node("Softmax", ["m"], "y", axis=1),
    ], [integers("pads", (8,), [0, 0, 1, 1, 0, 0, 1, 1]), integers("starts", (1,), [1]),
        integers("ends", (1,), [9]), integers("axes", (1,), [2]), integers("steps", (1,), [2]),
        floats("scales", (4,), [1.0, 1.0, 2.0, 2.0]), floats("low", (), [0.0])])
    onnx("arithmetic", [
        node("Mul", ["x", "two"], "a"),
        node("Add", ["a", "x"], "b"),
        node("LRN", ["b"], "l", size=5, alpha=1e-4, beta=0.75, bias=1.0),
        node("LeakyRelu", ["l"], "e", alpha=0.1),
        node("Sigmoid", ["e"], "g"),
        node("AveragePool", ["g"], "p", kernel_shape=[2, 2], auto_pad="SAME_UPPER"),
        node("Squeeze", ["p"], "q", axes=[0]),
        node("Unsqueeze", ["q"], "y", axes=[0]),
    ], [floats("two", (1,), [2.0])], shape=(1, 3, 8, 8), opset=9)


# Documents; the names and shapes of parameters are those of fuzz_graph.cpp.

def graph(nodes):
    parameters = ("bias", "gamma", "kernel", "matrix", "scalar", "empty")
    head = [{"name": "x"}] + [{"name": name, "trainable": True} for name in parameters]
    body = [{"name": f"y{i}", **entry} for i, entry in enumerate(nodes)]
    return {"input": 0, "input_shape": [3, 8, 8], "output": 6 + len(nodes), "nodes": head + body}


def op(kind, *inputs, **options):
    return {"op": kind, "inputs": list(inputs), **({"options": options} if options else {})}


def graphs():
    classifier = [
        op("Conv", 0, 3, 1, strides=[2, 2], pads=[1, 1, 1, 1], dilations=[1, 1], groups=1),
        op("Relu", 7),
        op("MaxPool", 8, kernel=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0], ceil_mode=True),
        op("Add", 9, 9),
        op("Dropout", 10, ratio=0.5),
        op("GlobalAveragePool", 11),
        op("Flatten", 12, axis=1),
        op("Gemm", 13, 4, transpose_b=True),
        op("Softmax", 14, axis=1),
    ]
    movement = [
        op("Pad", 0, pads=[0, 0, 1, 1, 0, 0, 1, 1], value=0.5, mode="reflect"),
        op("Slice", 7, starts=[1], ends=[9], axes=[2], steps=[2]),
        op("Transpose", 8, perm=[0, 2, 3, 1]),
        op("Reshape", 9, shape=[0, -1]),
        op("Unsqueeze", 10, axes=[1]),
        op("Squeeze", 11, axes=[1]),
        op("Resize", 0, mode="linear", coordinates="half_pixel", rounding="floor",
           scales=[1, 1, 2, 2]),
        op("SpaceToDepth", 0, block=2),
        op("DepthToSpace", 14, block=2, order="block_first"),
        op("Concat", 0, 15, axis=1),
        op("Gather", 16, axis=1, indices=[0, 2], indices_shape=[2]),
        op("ReduceMean", 17, axes=[2, 3], keepdims=False),
        op("Expand", 18, shape=[1, 2]),
    ]
    arithmetic = [
        op("Mul", 0, 5), op("Clip", 7, low=0, high="inf"), op("LRN", 8, size=5, alpha=1e-4),
        op("AveragePool", 9, kernel=[2, 2], count_include_pad=True), op("LeakyRelu", 10, slope=0.1),
        op("BatchNormalization", 11, 2, 2, 2, 2, epsilon=1e-5, momentum=0.1),
        op("InstanceNormalization", 12, 2, 2, epsilon=1e-5), op("AdaptiveAveragePool", 13, output=[2, 2]),
        op("PRelu", 14, 5), op("MatMul", 15, 15), op("LogSoftmax", 16, axis=-1), op("Sum", 17, 17, 5),
    ]
    for name, nodes in (("classifier", classifier), ("movement", movement),
                        ("arithmetic", arithmetic)):
        write("graph", name, json.dumps(graph(nodes)).encode())


# Saved models.

PREPROCESS = {"resize_short": 0, "resize_width": 8, "resize_height": 8, "crop": 0, "channels": 3,
              "bgr": False, "range": 1.0, "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}


def safetensors(name, description, shapes):
    header = {"__metadata__": {"cameo.model": json.dumps(description)}}
    offset = 0
    for tensor, shape in shapes.items():
        count = 1
        for extent in shape:
            count *= extent
        header[tensor] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + 4 * count]}
        offset += 4 * count
    text = json.dumps(header, separators=(",", ":")).encode()
    write("model", name, struct.pack("<Q", len(text)) + text + bytes(offset))


def models():
    nodes = [{"name": "x"}, {"name": "w", "trainable": True},
             {"name": "g", **op("GlobalAveragePool", 0)}, {"name": "t", **op("Flatten", 2)},
             {"name": "y", **op("Gemm", 3, 1, transpose_b=True)}]
    document = {"input": 0, "input_shape": [3, 8, 8], "output": 4, "nodes": nodes}
    common = {"format": 1, "class_names": ["a", "\u00fc"], "preprocess": PREPROCESS}
    safetensors("graph", {**common, "architecture": "own", "graph": document}, {"w": [2, 3]})
    named = {**common, "architecture": "gapnet", "input": [3, 8, 8], "classes": 2}
    safetensors("named_incomplete", named, {"fc.weight": [2, 3]})


def plain_formats():
    write("cifar10", "two", b"\3" + bytes(3072) + b"\x09" + bytes(range(256)) * 12)
    write("class_names", "three", "cat\r\ndog\nmau-dog \u00fc".encode())
    write("class_names", "empty_line", b"cat\n\ndog\n")


onnx_models()
graphs()
models()
plain_formats()

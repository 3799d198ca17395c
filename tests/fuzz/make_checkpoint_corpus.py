#!/usr/bin/env python3
"""Writes the seed corpora of PyTorch checkpoints and .npz, with the standard library alone.

    make_checkpoint_corpus.py

Pickles are strung together by hand, so that no PyTorch is needed and every opcode is chosen.
"""
import io
import pathlib
import struct
import zipfile

CORPUS = pathlib.Path(__file__).parent / "corpus"
MAGIC = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19"


def write(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def text(value):
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def number(value):
    return b"K" + bytes([value]) if 0 <= value < 256 else b"J" + struct.pack("<i", value)


def name(module, attribute):
    return f"c{module}\n{attribute}\n".encode()


def group(*items):
    return b"(" + b"".join(items) + b"t"


def numbers(*values):
    return group(*map(number, values))


def mapping(start=b"}", **items):
    body = b"".join(text(key.replace("__", ".")) + value for key, value in items.items())
    return start + b"(" + body + b"u"


ORDERED = name("collections", "OrderedDict") + b")R"


def pickled(body):
    return b"\x80\x02" + body + b"."


def storage(kind, key, count, *view):
    parts = (text("storage"), name("torch", kind + "Storage"), text(key), text("cpu"))
    return group(*parts, number(count), *view) + b"Q"


def tensor(base, offset, shape, strides):
    parts = (base, number(offset), numbers(*shape), numbers(*strides), b"\x89", ORDERED)
    return name("torch._utils", "_rebuild_tensor_v2") + group(*parts) + b"R"


def old_tensor(base, offset, shape, strides):
    parts = (base, number(offset), numbers(*shape), numbers(*strides))
    return name("torch._utils", "_rebuild_tensor") + group(*parts) + b"R"


def parameter(inner):
    return name("torch._utils", "_rebuild_parameter") + group(inner, b"\x88", ORDERED) + b"R"


SIX = struct.pack("<6f", *range(6))


def archive(members, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for member, data in members.items():
            info = zipfile.ZipInfo(member)
            info.compress_type = method
            file.writestr(info, data)
    return out.getvalue()


def zips():
    base = storage("Float", "0", 6)
    weights = mapping(
        ORDERED,
        module__conv__weight=parameter(tensor(base, 0, (2, 3), (3, 1))),
        module__bn__running_var=tensor(base, 1, (2, 2), (1, 3)),
        module__bn__num_batches_tracked=tensor(storage("Long", "1", 1), 0, (), ()),
    )
    training = mapping(
        epoch=number(7), arch=text("net"), best=b"G" + struct.pack(">d", 0.5), state_dict=weights,
        optimizer=mapping(state=b"}" + number(0) + b"]s"),
    )
    members = {
        "archive/data.pkl": pickled(training),
        "archive/byteorder": b"little",
        "archive/data/0": SIX,
        "archive/data/1": struct.pack("<q", 5),
        "archive/version": b"3\n",
    }
    write("pth", "zip", archive(members))
    write("pth", "zip_deflated", archive(members, zipfile.ZIP_DEFLATED))
    write("pth", "zip_big_endian", archive({**members, "archive/byteorder": b"big"}))
    types = ("Half", "BFloat16", "Double", "Int", "Short", "Char", "Byte", "Bool")
    typed = {f"w{i}": tensor(storage(kind, str(i), 2), 0, (2,), (1,))
             for i, kind in enumerate(types)}
    sizes = (2, 2, 8, 4, 2, 1, 1, 1)
    records = {f"a/data/{i}": bytes(2 * size) for i, size in enumerate(sizes)}
    write("pth", "zip_types", archive({"a/data.pkl": pickled(mapping(**typed)), **records}))
    frame = b"}\x94\x8c\x01w\x94" + tensor(base, 0, (6,), (1,)) + b"s."
    framed = b"\x80\x04\x95" + struct.pack("<Q", len(frame)) + frame
    write("pth", "zip_protocol_4", archive({"a/data.pkl": framed, "a/data/0": SIX}))


def stream(root, storages):
    keys = b"](" + b"".join(text(key) for key, _, _ in storages) + b"e"
    data = b"".join(struct.pack("<q", count) + raw for _, count, raw in storages)
    head = (MAGIC, b"M" + struct.pack("<H", 1001), mapping(little_endian=b"\x88"), root, keys)
    return b"".join(map(pickled, head)) + data


def streams():
    whole = storage("Float", "0", 6, b"N")
    part = storage("Float", "0", 6, group(text("v"), number(1), number(3)))
    root = mapping(ORDERED, a=old_tensor(whole, 0, (3, 2), (1, 3)), b=tensor(part, 1, (2,), (1,)))
    write("pth", "stream", stream(root, [("0", 6, SIX)]))
    half = mapping(h=tensor(storage("Half", "5", 3, b"N"), 0, (3,), (1,)))
    write("pth", "stream_half", stream(half, [("5", 3, bytes(6))]))


def header(member, data, kind=b"0"):
    block = bytearray(512)
    block[0:len(member)] = member
    block[124:136] = b"%011o\0" % len(data)
    block[156:157] = kind
    block[257:263] = b"ustar\0"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + data + bytes(-len(data) % 512)


def tars():
    storages = pickled(number(1)) + pickled(
        number(1) + text("cpu") + name("torch", "FloatStorage") + b"\x87")
    storages += struct.pack("<q", 6) + SIX
    storages += pickled(b"](" + numbers(2, 1, 2, 3) + b"e")
    tensors = pickled(number(2))
    for key, base, shape, strides, offset in ((8, 1, (2, 3), (3, 1), 0), (9, 2, (2,), (1,), 1)):
        tensors += pickled(number(key) + number(base) + name("torch", "FloatTensor") + b"\x87")
        tensors += struct.pack("<ii", len(shape), 7)
        tensors += struct.pack(f"<{2 * len(shape) + 1}q", *shape, *strides, offset)
    held = name("torch.nn.parameter", "Parameter") + b")\x81"
    held += group(text("8") + b"Q", b"N", b"N", b"\x88", b"\x89") + b"b"
    root = pickled(mapping(ORDERED, w=held, b=text("9") + b"Q"))
    members = ((b"sys_info", pickled(b"}")), (b"pickle", root), (b"tensors", tensors),
               (b"storages", storages))
    body = header(b"././@PaxHeader", b"19 mtime=1500000000\n", b"x")
    write("pth", "tar", body + b"".join(header(*member) for member in members) + bytes(1024))


def array(descr, shape, data, order=False):
    text_ = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}"
    text_ += " " * (-(len(text_) + 11) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text_)) + text_.encode() + data


def npzs():
    members = {"w.npy": array("<f4", (2, 3), SIX), "x/y.npy": array(">i2", (2,), bytes(4), True),
               "s.npy": array("|b1", (), b"\1")}
    write("npz", "stored", archive(members))
    write("npz", "deflated", archive(members, zipfile.ZIP_DEFLATED))
    write("npz", "empty", archive({}))


zips()
streams()
tars()
npzs()

#!/usr/bin/python3
"""Prints picture_samples.inc: tiny files of many kinds and the RGB pixels Pillow sees in them.

    make_picture_samples.py > picture_samples.inc
"""
import io
import struct
import zlib

from PIL import Image, ImageOps

WIDTH, HEIGHT = 6, 5


def color(x, y):
    return (40 * x + 10, 250 - 45 * y, 20 * x + 25 * y)


def base(mode="RGB"):
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.putdata([color(x, y) for y in range(HEIGHT) for x in range(WIDTH)])
    return image.convert(mode)


def with_alpha(mode):
    image = base(mode)
    alpha = Image.new("L", (WIDTH, HEIGHT))
    alpha.putdata([50 * x + y for y in range(HEIGHT) for x in range(WIDTH)])
    image.putalpha(alpha)
    return image


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png_by_hand(color_type, depth, rows, extra=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, color_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def rgba16():
    rows = []
    for y in range(HEIGHT):
        row = b""
        for x in range(WIDTH):
            row += b"".join(struct.pack(">BB", v, 77) for v in (*color(x, y), 50 * x + y))
        rows.append(row)
    return png_by_hand(6, 16, rows)


def expected(data):
    """Alpha over white, EXIF applied."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode.startswith("I"):
        image = image.point(lambda v: v / 256).convert("L")
    if image.mode in ("LA", "RGBA", "P"):
        image = image.convert("RGBA")
        samples = []
        for r, g, b, a in image.getdata():
            samples += [(v * a + 255 * (255 - a) + 127) // 255 for v in (r, g, b)]
        return image.size, samples
    return image.size, list(image.convert("RGB").tobytes())


exif = Image.Exif()
exif[0x0112] = 6
grey16 = Image.new("I;16", (WIDTH, HEIGHT))
grey16.putdata([1000 * (x + 7 * y) for y in range(HEIGHT) for x in range(WIDTH)])
palette = base().quantize(8)
jpeg = {"quality": 95, "subsampling": 0, "optimize": True}

# name, file, allowed difference in grey levels (JPEG decoders differ a little)
SAMPLES = [
    ("RGB PNG", saved(base(), "PNG"), 0),
    ("grey PNG", saved(base("L"), "PNG"), 0),
    ("1-bit PNG", saved(base("1"), "PNG"), 0),
    ("16-bit grey PNG", saved(grey16, "PNG"), 0),
    ("grey + alpha PNG", saved(with_alpha("L"), "PNG"), 0),
    ("RGBA PNG", saved(with_alpha("RGB"), "PNG"), 0),
    ("16-bit RGBA PNG", rgba16(), 0),
    ("palette PNG", saved(palette, "PNG"), 0),
    ("palette PNG with transparency", saved(palette, "PNG", transparency=2), 0),
    ("RGB BMP", saved(base(), "BMP"), 0),
    ("palette BMP", saved(palette, "BMP"), 0),
    ("RGB PPM", saved(base(), "PPM"), 0),
    ("grey PGM", saved(base("L"), "PPM"), 0),
    ("JPEG", saved(base(), "JPEG", **jpeg), 3),
    ("grey JPEG", saved(base("L"), "JPEG", **jpeg), 3),
    ("progressive JPEG", saved(base(), "JPEG", progressive=True, **jpeg), 3),
    ("CMYK JPEG with Adobe's marker", saved(base("CMYK"), "JPEG", quality=95, optimize=True), 3),
    ("JPEG with EXIF orientation 6", saved(base(), "JPEG", exif=exif, **jpeg), 3),
]

print("// Made by make_picture_samples.py with Pillow.")
for name, data, tolerance in SAMPLES:
    (width, height), samples = expected(data)
    print('{"%s", %d, %d, %d,' % (name, width, height, tolerance))
    print(" {%s}," % ", ".join(map(str, samples)))
    print(" {%s}}," % ", ".join(map(str, data)))

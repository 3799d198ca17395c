#!/usr/bin/python3
"""Prints resize_golden.inc: what Pillow's resize makes of a small generated picture.

    make_resize_golden.py > resize_golden.inc
"""
import zlib

from PIL import Image

# source width, height, target width, height; each with both filters
CASES = [
    (1, 1, 1, 1), (1, 1, 5, 3), (7, 5, 1, 1), (2, 2, 3, 3), (3, 2, 2, 3), (8, 8, 4, 4),
    (9, 7, 4, 3), (5, 4, 11, 9), (13, 6, 13, 3), (6, 13, 2, 13), (10, 10, 10, 10), (17, 3, 5, 2),
    (100, 75, 31, 24), (64, 48, 224, 168), (640, 480, 341, 256), (333, 501, 256, 385),
]
LISTED_PIXELS = 16


def source(width, height):
    """The generator that resize_test.cpp repeats."""
    state = width * 1000 + height
    samples = bytearray()
    for _ in range(width * height * 3):
        state = (state * 1664525 + 1013904223) % 2**32
        samples.append(state >> 24)
    return Image.frombytes("RGB", (width, height), bytes(samples))


print("// Made by make_resize_golden.py with Pillow; checksums are zlib's adler32 of all samples.")
for name in ("bilinear", "bicubic"):
    for sw, sh, tw, th in CASES:
        samples = source(sw, sh).resize((tw, th), Image.Resampling[name.upper()]).tobytes()
        first = ", ".join(str(v) for v in samples[: 3 * min(tw * th, LISTED_PIXELS)])
        print("{ResizeFilter::k%s, %d, %d, %d, %d, 0x%08XU, {%s}},"
              % (name.capitalize(), sw, sh, tw, th, zlib.adler32(samples), first))

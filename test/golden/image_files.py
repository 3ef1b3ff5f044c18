"""PNG and JPEG files of every kind with their pixels, and what Pillow makes of pixels, as JSON.

usage: pip install pillow numpy; python image_files.py
The PNG files are written here, sample by sample after ISO 15948, for Pillow writes few of their kinds; Pillow reads those
that it can, as a check. Samples become bytes as the standard asks: round(value * 255 / greatest). A colour that is
transparent by itself (tRNS of gray and RGB files) is expected as 0, 0, 0, 0. JPEG files are by Pillow (libjpeg-turbo), and what
it unpacks them to.
"""
import base64
import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageOps

rng = np.random.default_rng(11)
height, width = 11, 13
samples_of = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
depths_of = {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}
passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def text(data):
    return base64.b64encode(bytes(data)).decode()


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def packed_lines(samples, depth):
    """Lines of bytes: samples [rows, columns, samples of a pixel]."""
    rows = samples.reshape(samples.shape[0], -1)
    if depth == 16:
        return [row.astype('>u2').tobytes() for row in rows]
    if depth == 8:
        return [row.astype(np.uint8).tobytes() for row in rows]
    bits = (rows[:, :, None] >> np.arange(depth - 1, -1, -1)) & 1
    return [np.packbits(row.reshape(-1).astype(np.uint8)).tobytes() for row in bits]


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(lines, step):
    """Each line with another filter, 0 to 4 in turn."""
    out = b''
    before = bytes(len(lines[0]))
    for number, line in enumerate(lines):
        kind = number % 5
        coded = bytearray()
        for i, value in enumerate(line):
            left = line[i - step] if i >= step else 0
            up = before[i]
            corner = before[i - step] if i >= step else 0
            guess = [0, left, up, (left + up) // 2, paeth(left, up, corner)][kind]
            coded.append((value - guess) & 255)
        out += bytes([kind]) + bytes(coded)
        before = line
    return out


def png(samples, color_type, depth, interlaced, before=b''):
    step = max(1, samples_of[color_type] * depth // 8)
    raw = b''
    for x, y, dx, dy in passes if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::dy, x::dx]
        if part.size:
            raw += filtered(packed_lines(part, depth), step)
    header = struct.pack('>IIBBBBB', width, height, depth, color_type, 0, 0, int(interlaced))
    data = zlib.compress(raw)
    half = len(data) // 2
    body = before + chunk(b'tEXt', b'Comment\0digits') + chunk(b'IDAT', data[:half]) + chunk(b'IDAT', data[half:])
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + body + chunk(b'IEND', b'')


def png_case(color_type, depth, interlaced, transparent):
    greatest = 2**depth - 1
    samples = rng.integers(0, greatest + 1, (height, width, samples_of[color_type]))
    before = b''
    if color_type == 3:
        palette = rng.integers(0, 256, (greatest + 1, 3))
        alpha = np.full(greatest + 1, 255)
        before = chunk(b'PLTE', palette.astype(np.uint8).tobytes())
        if transparent:
            alpha[: greatest // 2 + 1] = rng.integers(0, 255, greatest // 2 + 1)
            before += chunk(b'tRNS', alpha[: greatest // 2 + 1].astype(np.uint8).tobytes())
        table = np.concatenate([palette, alpha[:, None]], 1)
        pixels = table[samples[:, :, 0]]
        pixels = pixels if transparent else pixels[:, :, :3]
    else:
        pixels = np.floor(samples * 255 / greatest + 0.5).astype(int)
        if color_type in (0, 4):
            gray = pixels[:, :, :1]
            pixels = gray if color_type == 0 else np.concatenate([gray, gray, gray, pixels[:, :, 1:]], 2)
        if transparent:
            key = samples[4, 5]
            before = chunk(b'tRNS', key.astype('>u2').tobytes())
            rgb = np.repeat(pixels, 3, 2) if color_type == 0 else pixels
            is_key = (samples == key).all(2)
            pixels = np.concatenate([rgb, np.full((height, width, 1), 255)], 2)
            pixels[is_key] = 0
    data = png(samples, color_type, depth, interlaced, before)
    read = Image.open(io.BytesIO(data))
    if depth <= 8 and not (transparent and color_type != 3):
        mode = {1: 'L', 3: 'RGB', 4: 'RGBA'}[pixels.shape[2]]
        got = np.asarray(read.convert(mode)).reshape(pixels.shape)
        assert (got == pixels).all(), (color_type, depth, interlaced, transparent)
    name = f'colour type {color_type}, {depth} bits' + ', interlaced' * interlaced + ', transparent' * transparent
    return {'name': name, 'file': text(data), 'channels': pixels.shape[2], 'pixels': text(pixels.astype(np.uint8).tobytes())}


cases = [
    png_case(color_type, depth, interlaced, False)
    for color_type, depths in depths_of.items()
    for depth in depths
    for interlaced in (False, True)
]
cases += [png_case(color_type, depth, False, True) for color_type, depth in [(0, 2), (0, 8), (0, 16), (2, 8), (2, 16), (3, 2), (3, 8)]]

# Smooth, so that ways of enlarging the colours differ little.
y, x = np.mgrid[0:27, 0:38]
smooth = np.stack([x * 6 + 10, y * 9 + 5, 255 - x * 3 - y * 4], 2).clip(0, 255).astype(np.uint8)
color = Image.fromarray(smooth)


def jpeg_case(name, image, **options):
    out = io.BytesIO()
    image.save(out, 'JPEG', quality=95, **options)
    read = ImageOps.exif_transpose(Image.open(io.BytesIO(out.getvalue())))
    read = read.convert('L' if read.mode == 'L' else 'RGB')
    pixels = np.asarray(read)
    channels = 1 if pixels.ndim == 2 else 3
    size = {'width': pixels.shape[1], 'height': pixels.shape[0], 'channels': channels}
    return {'name': name, 'file': text(out.getvalue()), **size, 'pixels': text(pixels.tobytes())}


def held(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


jpegs = [
    jpeg_case('gray', color.convert('L')),
    jpeg_case('gray, restart markers', color.convert('L'), restart_marker_blocks=3),
    jpeg_case('gray, progressive', color.convert('L'), progressive=True),
    jpeg_case('4:4:4', color, subsampling=0),
    jpeg_case('4:4:4, progressive', color, subsampling=0, progressive=True),
    jpeg_case('4:2:0', color, subsampling=2),
    jpeg_case('4:2:2, restart markers', color, subsampling=1, restart_marker_blocks=2),
    jpeg_case('RGB as it is', color, keep_rgb=True),
    jpeg_case('CMYK', color.convert('CMYK')),
    *[jpeg_case(f'orientation {n}', color.convert('L'), exif=held(n)) for n in range(1, 9)],
]

rough = rng.integers(0, 256, (23, 37, 4)).astype(np.uint8)
sizes = [[28, 28], [5, 8], [50, 61], [23, 9], [1, 1]]
resized = {
    mode: [
        text(np.asarray(Image.fromarray(part).resize((w, h), Image.BILINEAR)).tobytes()) for h, w in sizes
    ]
    for mode, part in [('L', rough[:, :, 0]), ('RGB', np.ascontiguousarray(rough[:, :, :3]))]
}
golden = {
    'versions': {'pillow': PIL.__version__, 'numpy': np.__version__},
    'png': {'width': width, 'height': height, 'cases': cases},
    'jpeg': jpegs,
    'rough': {'height': 23, 'width': 37, 'pixels': text(np.ascontiguousarray(rough[:, :, :3]).tobytes())},
    'gray': text(np.asarray(Image.fromarray(np.ascontiguousarray(rough[:, :, :3])).convert('L')).tobytes()),
    'sizes': sizes,
    'resized': resized,
}
(Path(__file__).parent / 'image-files.json').write_text(json.dumps(golden, indent=1) + '\n')

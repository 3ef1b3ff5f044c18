"""What MNIST's preparation makes of drawings, by NumPy, SciPy and Pillow: writes drawn-digits-numpy.json.

usage: pip install numpy scipy pillow; python drawn_digits_numpy.py
The drawings are clean: light on black, or dark on white. Each step is written the plain way: areas are averaged by repeating
every pixel until the new pixels hold whole ones, parts are found by scipy.ndimage, growing is Pillow's.
"""
import base64
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

neighbours = np.ones((3, 3), dtype=bool)


def drawing(width, height, lines, pen, dots=()):
    """Lines through points in shares of the canvas, smooth at the edges."""
    fine = 4
    image = Image.new('L', (width * fine, height * fine))
    draw = ImageDraw.Draw(image)
    scaled = lambda x, y: (x * width * fine, y * height * fine)
    for line in lines:
        points = [scaled(x, y) for x, y in line]
        draw.line(points, fill=255, width=round(pen * fine), joint='curve')
        for x, y in points:
            draw.ellipse((x - pen * 2, y - pen * 2, x + pen * 2, y + pen * 2), fill=255)
    for x, y, radius in dots:
        x, y = scaled(x, y)
        draw.ellipse((x - radius * 4, y - radius * 4, x + radius * 4, y + radius * 4), fill=255)
    return np.asarray(image.reduce(fine))


def ink_of(light):
    """1 at full ink: what all but a 500th of the pixels, or but six of them, stay below."""
    amount = light.astype(np.float64) / 255
    place = int((1 - max(0.002, 6 / amount.size)) * amount.size)
    return amount / np.sort(amount.ravel())[place]


def digit_of(ink):
    """The parts that are large enough, with the soft edge around them; and their box."""
    labels, count = ndimage.label(ink >= 0.15, structure=neighbours)
    parts = [labels == i + 1 for i in range(count)]
    parts = [part for part in parts if ink[part].max() >= 0.5]
    most = max(ink[part].sum() for part in parts)
    kept = [part for part in parts if ink[part].sum() >= 0.06 * most]
    mask = np.any(kept, axis=0)
    alone = np.where(ndimage.binary_dilation(mask, structure=neighbours), np.minimum(ink, 1), 0)
    rows, columns = ndimage.find_objects(mask.astype(int))[0]
    return alone[rows, columns], (columns.start, rows.start), len(parts) - len(kept)


def averaged(array, target, axis):
    length = array.shape[axis]
    array = np.moveaxis(np.repeat(array, target, axis=axis), axis, 0)
    return np.moveaxis(array.reshape(target, length, *array.shape[1:]).mean(axis=1), 0, axis)


def grown(array, target, axis):
    size = (target, array.shape[0]) if axis == 1 else (array.shape[1], target)
    return np.asarray(Image.fromarray(array.astype(np.float32), 'F').resize(size, Image.BILINEAR), dtype=np.float64)


def prepared(light):
    crop, corner, specks = digit_of(ink_of(light))
    scale = 20 / max(crop.shape)
    fit = crop
    for axis in (1, 0):
        target = max(1, int(np.floor(crop.shape[axis] * scale + 0.5)))
        if target < crop.shape[axis]:
            fit = averaged(fit, target, axis)
        elif target > crop.shape[axis]:
            fit = grown(fit, target, axis)
    strong = np.sort(fit[fit > 0.1])
    fit = np.floor(np.minimum(1, fit / strong[int(0.9 * strong.size)]) * 255 + 0.5)
    y, x = ndimage.center_of_mass(fit)
    top = min(28 - fit.shape[0], max(0, 14 - int(np.floor(y + 0.5))))
    left = min(28 - fit.shape[1], max(0, 14 - int(np.floor(x + 0.5))))
    out = np.zeros((28, 28), dtype=np.uint8)
    out[top:top + fit.shape[0], left:left + fit.shape[1]] = fit
    box = {'left': corner[0], 'top': corner[1], 'width': crop.shape[1], 'height': crop.shape[0]}
    centre = {'x': corner[0] + (x + 0.5) / scale, 'y': corner[1] + (y + 0.5) / scale}
    return out, {'box': box, 'scale': scale, 'centre': centre, 'specks': specks}


four = [[(0.45, 0.2), (0.3, 0.55), (0.7, 0.52)], [(0.62, 0.3), (0.58, 0.8)]]
seven = [[(0.25, 0.25), (0.75, 0.22), (0.45, 0.85)]]
two = [[(0.3, 0.3), (0.5, 0.18), (0.68, 0.35), (0.3, 0.75), (0.75, 0.74)]]
one = [[(0.4, 0.1), (0.42, 0.9)]]
dash = [[(0.1, 0.5), (0.9, 0.55)]]
five = [[(0.35, 0.3), (0.33, 0.5), (0.6, 0.5), (0.6, 0.72), (0.3, 0.75)], [(0.42, 0.22), (0.7, 0.22)]]
cases = [
    ('four at its own size', drawing(28, 28, four, 2.5), False),
    ('four on a canvas', drawing(100, 100, four, 7), False),
    ('four, dark on light', drawing(100, 100, four, 7), True),
    ('seven on a wide canvas', drawing(120, 64, seven, 5), False),
    ('seven on a narrow one', drawing(51, 93, seven, 4), True),
    ('two, small', drawing(19, 23, two, 1.6), False),
    ('two, smaller than 20', drawing(14, 16, two, 1.5), False),
    ('two with specks', drawing(90, 90, two, 8, [(0.1, 0.1, 2), (0.9, 0.85, 1.5)]), False),
    ('one', drawing(40, 77, one, 5), False),
    ('a dash', drawing(77, 40, dash, 4), False),
    ('five in two parts', drawing(83, 71, five, 6), True),
    ('five near the corner', np.pad(drawing(60, 60, five, 4)[10:, 15:], ((0, 40), (0, 30))), False),
]
lines = []
for name, light, dark in cases:
    image, facts = prepared(light)
    given = 255 - light if dark else light
    lines.append(json.dumps({
        'name': name, 'width': light.shape[1], 'height': light.shape[0], 'inverted': dark, **facts,
        'given': base64.b64encode(given.tobytes()).decode(), 'image': base64.b64encode(image.tobytes()).decode(),
    }, separators=(',', ':'), default=float))
versions = f'NumPy {np.__version__}, Pillow {Image.__version__}'
with open(Path(__file__).with_name('drawn-digits-numpy.json'), 'w') as file:
    file.write(f'{{"madeBy": "{versions}", "cases": [\n' + ',\n'.join(lines) + '\n]}\n')

"""Digits that nobody here made, as folders 0 to 9 of PNG files, for `npm run bench -- digits --images DIR`.

usage: pip install scikit-learn pillow; python digit_sets.py FOLDER
Writes FOLDER/scikit-learn, its 1,797 scanned digits of 8x8 pixels enlarged to 40x40, and FOLDER/fonts, the digits of
those of 20 fonts that `fc-list` finds.
"""
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_digits

names = ['DejaVuSans', 'DejaVuSerif', 'DejaVuSansMono', 'LiberationSans-Regular', 'LiberationSerif-Regular',
         'LiberationMono-Regular', 'FreeSans', 'FreeSerif', 'Lato-Regular', 'Roboto-Regular', 'OpenSans-Regular',
         'Comfortaa-Regular', 'Cantarell-Regular', 'Hack-Regular', 'Inconsolata', 'Junicode', 'LinLibertine_R',
         'Carlito-Regular', 'Caladea-Regular', 'Quicksand-Regular']
folder = Path(sys.argv[1])


def save(image, of, digit, name):
    path = folder / of / str(digit) / f'{name}.png'
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


digits = load_digits()
for i, (image, digit) in enumerate(zip(digits.images, digits.target)):
    # The scans reach to their edges, so they get one pixel of ground on each side.
    scan = np.pad(np.round(image * 255 / 16).astype(np.uint8), 1)
    save(Image.fromarray(scan).resize((40, 40), Image.BICUBIC), 'scikit-learn', digit, i)

files = subprocess.run(['fc-list', ':', 'file'], capture_output=True, text=True, check=True).stdout
paths = sorted(Path(line.rstrip(': ')) for line in files.splitlines())
for name in names:
    path = next((path for path in paths if path.name.startswith(name)), None)
    if path is None:
        print(f'no font {name}')
        continue
    font = ImageFont.truetype(str(path), 96)
    for digit in range(10):
        image = Image.new('L', (140, 140), 255)
        ImageDraw.Draw(image).text((70, 70), str(digit), font=font, fill=0, anchor='mm')
        save(image, 'fonts', digit, path.stem)

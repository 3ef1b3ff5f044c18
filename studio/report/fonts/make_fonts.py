"""Makes the fonts of pages and pictures: Latin letters, digits and signs of Figtree in two weights.

Needs fonttools and brotli, and the font as the npm package @fontsource-variable/figtree has it:
    python make_fonts.py FOLDER_OF_THE_PACKAGE
"""
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

here = Path(__file__).parent
source = Path(sys.argv[1]) / 'files' / 'figtree-latin-wght-normal.woff2'
# Basic Latin and Latin-1, and signs such as dashes, quotes, the ellipsis, minus, multiplication and arrows.
characters = [*range(0x20, 0x7F), *range(0xA0, 0x100), 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x2212,
              0x2190, 0x2191, 0x2192, 0x2193]
for name, weight in {'regular': 400, 'semibold': 600}.items():
    font = instantiateVariableFont(TTFont(source), {'wght': weight}, updateFontNames=False)
    # In both weights the same family, so that a text finds each by its weight.
    for platform, encoding, language in [(3, 1, 0x409), (1, 0, 0)]:
        for identifier in (16, 17, 21, 22, 25):
            font['name'].removeNames(identifier)
        font['name'].setName('Figtree', 1, platform, encoding, language)
        font['name'].setName(name.capitalize(), 2, platform, encoding, language)
    font['OS/2'].usWeightClass = weight
    options = subset.Options(layout_features=['kern', 'tnum', 'ccmp', 'locl'], hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = None
    font.save(here / f'{name}.ttf')
    font.flavor = 'woff2'
    font.save(here / f'{name}.woff2')

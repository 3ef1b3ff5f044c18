"""Elementary functions to 60 digits by mpmath: writes elementary-functions.json.

usage: pip install mpmath; python elementary_functions.py
Every value is given as the nearest float64 and what is left of it, so that errors below one ulp can be measured.
"""
import json
from pathlib import Path
import random

from mpmath import mp, mpf

mp.dps = 60
random.seed(1)


def between(low, high, count=60):
    return [random.uniform(low, high) for _ in range(count)]


def tiny(count=20):
    return [random.choice((-1, 1)) * 10 ** random.uniform(-300, -1) for _ in range(count)]


def positive(count=80):
    return [10 ** random.uniform(-307, 307) for _ in range(count)]


near_one = [1 + each for each in tiny(40)] + between(0.5, 2)
functions = {
    'exp': (mp.exp, between(-700, 700) + between(-1, 1) + tiny()),
    'expm1': (mp.expm1, between(-40, 700) + between(-1, 1) + tiny()),
    'log': (mp.log, positive() + near_one),
    'log1p': (mp.log1p, between(-0.999, 3) + tiny() + positive(40)),
    'tanh': (mp.tanh, between(-25, 25) + between(-1, 1) + tiny()),
    'sigmoid': (lambda x: 1 / (1 + mp.exp(-x)), between(-700, 40) + between(-1, 1) + tiny()),
    'cos': (mp.cos, between(-1e5, 1e5) + between(0, 7)),
    'erf': (mp.erf, between(-6.5, 6.5) + between(-1.2, 1.2) + tiny()),
}

result = {}
for name, (function, points) in functions.items():
    exact = [function(mpf(x)) for x in points]
    high = [float(y) for y in exact]
    result[name] = {'x': points, 'high': high, 'low': [float(y - mpf(h)) for y, h in zip(exact, high)]}

with open(Path(__file__).with_name('elementary-functions.json'), 'w') as file:
    lines = ',\n'.join(f'"{name}": {json.dumps(values)}' for name, values in result.items())
    file.write(f'{{\n{lines}\n}}\n')

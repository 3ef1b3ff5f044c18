"""Files by the reference implementation of safetensors: writes reference.safetensors and what it holds, as JSON.

usage: pip install safetensors numpy; python safetensors_files.py
Floats are texts that JavaScript's Number() reads, since JSON has no NaN and no infinity. All fit float32 exactly.
"""
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

here = Path(__file__).parent
metadata = {'note': 'quotes ", backslash \\, line\nend, tab\t, bell \u0007, µ, 数, 😀'}
tensors = {
    'conv2d/kernel': np.linspace(-1, 1, 18, dtype=np.float32).reshape(3, 3, 1, 2),
    'extremes': np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4028235e38, np.float32(np.pi)], np.float32),
    'scalar': np.array(0.5, np.float32),
    'empty': np.zeros((0, 3), np.float32),
    # Inkling sorts by type, then by name: names in between, and names that JavaScript objects put first.
    'counts': np.array([[-(2**31), -1], [0, 2**31 - 1]], np.int32),
    '10': np.array([10], np.int32),
    '9': np.array([9], np.int32),
    'pixels': np.arange(0, 256, 15, dtype=np.uint8).reshape(3, 6),
    'mask': np.array([True, False, True]),
    'größe "x"': np.array([1.5, -2.25], np.float32),
    '__proto__': np.array([7], np.uint8),
}


def number(value):
    return str(value).replace('inf', 'Infinity').replace('nan', 'NaN')


def described(array):
    values = array.ravel().tolist()
    values = [number(value) if array.dtype == np.float32 else int(value) for value in values]
    return {'dtype': str(array.dtype), 'shape': list(array.shape), 'data': values}


save_file(tensors, here / 'reference.safetensors', metadata=metadata)
lines = ',\n'.join(json.dumps({'name': name, **described(array)}) for name, array in tensors.items())
with open(here / 'reference.safetensors.json', 'w') as file:
    file.write(f'{{"metadata": {json.dumps(metadata)}, "tensors": [\n{lines}\n]}}\n')

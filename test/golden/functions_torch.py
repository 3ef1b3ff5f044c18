"""Values, gradients and second derivatives of functions by PyTorch: writes functions-torch.json.

usage: pip install torch numpy; python functions_torch.py
Inputs are drawn by inputs.py with the tag 'functions/NAME/i', uniform around `offset`. All in float64.
"""
import json
from pathlib import Path

import torch

import inputs

functions = {
    # name: (function, shapes, offset)
    'polynomial': (lambda x: (x * x * x - 2 * x).sum(), [[2, 3]], 0.0),
    'softplus': (lambda x, y: torch.log(1 + torch.exp(x * y)).sum(), [[2, 3], [3]], 0.5),
    'bilinear': (lambda x, w: torch.sqrt(1 + (x @ w) ** 2).mean(), [[4, 3], [3, 2]], 0.0),
    'ratio': (lambda x: (torch.exp(x) / (1 + x * x)).sum(), [[5]], 0.25),
    'distance': (lambda x, y: torch.sqrt(((x - y) ** 2).sum(dim=1) + 0.125).sum(), [[3, 4], [4]], 0.0),
}

golden = {'madeBy': f'PyTorch {torch.__version__.split("+")[0]}, float64', 'functions': {}}
listed = lambda tensor: [float(f'{v:.9g}') for v in tensor.flatten().tolist()]
for name, (f, shapes, offset) in functions.items():
    xs = [
        torch.tensor(inputs.uniform(f'functions/{name}/{i}', shape, 1.0, offset), requires_grad=True)
        for i, shape in enumerate(shapes)
    ]
    value = f(*xs)
    first = torch.autograd.grad(value, xs, create_graph=True)
    # The gradient, with respect to the first input, of half the square of the first gradient.
    second = torch.autograd.grad((first[0] ** 2).sum() / 2, xs[0])[0]
    golden['functions'][name] = {
        'shapes': shapes,
        'offset': offset,
        'value': listed(value),
        'gradients': [listed(g) for g in first],
        'second': listed(second),
    }
Path(__file__).with_name('functions-torch.json').write_text(json.dumps(golden) + '\n')

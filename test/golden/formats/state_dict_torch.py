"""A state_dict with a module of each kind, and what its network predicts and how it trains on: writes
state-dict-torch.safetensors and state-dict-torch.json.

usage: pip install torch safetensors numpy; python state_dict_torch.py
Weights and inputs are drawn by inputs.py, with the tags 'state-dict/NAME' and 'state-dict/x/STEP'.
"""
import json
import sys
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

here = Path(__file__).parent
sys.path.insert(0, str(here.parent))
import inputs  # noqa: E402

network = nn.Sequential(
    OrderedDict(
        stem=nn.Sequential(nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6, eps=1e-3), nn.PReLU(6)),
        depthwise=nn.Conv2d(6, 12, (3, 2), groups=6),
        grouped=nn.Conv2d(12, 8, 1, groups=4),
        separable=nn.Sequential(
            OrderedDict(depthwise=nn.Conv2d(8, 8, 3, groups=8, bias=False), pointwise=nn.Conv2d(8, 6, 1)),
        ),
        transpose=nn.ConvTranspose2d(6, 5, 3, stride=2),
        groups=nn.GroupNorm(1, 5, eps=1e-3),
        relu=nn.ReLU(),
        pool=nn.MaxPool2d(2),
        flatten=nn.Flatten(),
        features=nn.BatchNorm1d(5 * 4 * 6, eps=1e-3),
        hidden=nn.Linear(5 * 4 * 6, 7),
        norm=nn.LayerNorm(7, eps=1e-3),
        out=nn.Linear(7, 4),
    )
).double()

with torch.no_grad():
    for name, tensor in network.state_dict().items():
        if name.endswith('num_batches_tracked'):
            continue
        drawn = torch.tensor(inputs.uniform(f'state-dict/{name}', list(tensor.shape), 2.0, 0.0))
        tensor.copy_(drawn.abs() + 0.5 if name.endswith('running_var') else drawn)
save_file({name: t.float() if t.is_floating_point() else t for name, t in network.state_dict().items()},
          here / 'state-dict-torch.safetensors', metadata={'format': 'pt'})


def images(step):
    """[4, 3, 8, 9] out of [4, 8, 9, 3]."""
    return torch.tensor(inputs.uniform(f'state-dict/x/{step}', [4, 8, 9, 3])).permute(0, 3, 1, 2)


network.eval()
with torch.no_grad():
    predictions = network(images(0))
network.train()
optimizer = torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.9)
losses = []
for step in range(20):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(network(images(step)), torch.arange(4))
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
listed = lambda values: [float(f'{v:.9g}') for v in values]
golden = {
    'madeBy': f'PyTorch {torch.__version__.split("+")[0]}, float64',
    'predictions': listed(predictions.flatten().tolist()),
    'losses': listed(losses),
}
(here / 'state-dict-torch.json').write_text(json.dumps(golden) + '\n')

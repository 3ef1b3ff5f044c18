"""The speed run in PyTorch, a whole process: reads, trains for one epoch, tests. Argument: a job, see bench/speedrun.ts."""
import json
import os
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn.functional import affine_grid, cross_entropy, grid_sample

from torch_model import count_parameters, torch_model

job = json.loads(sys.argv[1])
torch.set_num_threads(job['threads'])
torch.manual_seed(job['seed'])
memory_format = torch.channels_last if job['channelsLast'] else torch.contiguous_format
recipe = job['recipe']


def read(name, header):
    return torch.from_numpy(np.fromfile(os.path.join(job['data'], name), np.uint8, offset=header))


def images_and_labels(prefix):
    images = read(f'{prefix}-images-idx3-ubyte', 16).view(-1, 1, 28, 28)
    return images, read(f'{prefix}-labels-idx1-ubyte', 8).long()


def initialized(model):
    """As Inkling begins: He's uniform distribution, and Glorot's in the last layer."""
    layers = [module for module in model.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    for layer in layers[:-1]:
        nn.init.kaiming_uniform_(layer.weight, nonlinearity='relu')
    nn.init.xavier_uniform_(layers[-1].weight)
    for layer in layers:
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    return model.to(memory_format=memory_format)


def pixels(images):
    return images.float().div_(255).contiguous(memory_format=memory_format)


def moved(images):
    """By up to `shift` pixels in each direction; affine_grid counts in halves of the image."""
    theta = torch.zeros(len(images), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = 1
    theta[:, :, 2].uniform_(-recipe['shift'] / 14, recipe['shift'] / 14)
    grid = affine_grid(theta, list(images.shape), align_corners=False)
    return grid_sample(images, grid, align_corners=False).contiguous(memory_format=memory_format)


def train(model, images, labels):
    options, batch = recipe['optimizer'], recipe['batchSize']
    optimizer = torch.optim.Adam(
        model.parameters(), options['learningRate'], (options['beta1'], options['beta2']), eps=1e-7, fused=True)
    steps = -(-len(labels) // batch)
    order = torch.randperm(len(labels))
    for step in range(steps):
        chosen = order[step * batch : (step + 1) * batch]
        optimizer.param_groups[0]['lr'] = recipe['rates'][step]
        optimizer.zero_grad()
        cross_entropy(model(moved(pixels(images[chosen]))), labels[chosen]).backward()
        optimizer.step()


def test(model, images, labels, batch=250):
    model.eval()
    with torch.inference_mode():
        right = [(model(pixels(images[i : i + batch])).argmax(1) == labels[i : i + batch]).sum()
                 for i in range(0, len(labels), batch)]
    return sum(right).item() / len(labels)


(train_images, train_labels), (test_images, test_labels) = images_and_labels('train'), images_and_labels('t10k')
train_images, train_labels = train_images[: job['limit']], train_labels[: job['limit']]
model = initialized(torch_model(job['layers'], with_softmax=False))
start = time.perf_counter()
train(model, train_images, train_labels)
trained = time.perf_counter()
accuracy = test(model, test_images, test_labels)
print(json.dumps({'accuracy': accuracy, 'trainSeconds': trained - start, 'testSeconds': time.perf_counter() - trained,
                  'parameters': count_parameters(model)}))

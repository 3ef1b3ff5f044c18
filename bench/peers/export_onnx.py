"""Writes the models of a list of jobs as ONNX files, for onnxruntime-node. Argument: [{model, layers, onnx}, ...]."""
import os
import warnings

import torch

from job import job as jobs
from torch_model import torch_model

warnings.simplefilter('ignore')
for job in jobs:
    height, width, channels = job['layers'][0]['inputShape']
    torch.onnx.export(
        torch_model(job['layers'], with_softmax=True).eval(),
        (torch.randn(2, channels, height, width),),
        os.path.join(job['onnx'], f"{job['model']}.onnx"),
        dynamo=False,
        input_names=['x'],
        output_names=['y'],
        dynamic_axes={'x': {0: 'n'}, 'y': {0: 'n'}},
    )

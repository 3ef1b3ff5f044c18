"""Runs .onnx files of Inkling in onnxruntime, and makes files of drawn networks with PyTorch.

    python onnx_exchange.py predict FOLDER   # NAME.onnx and NAME.json -> NAME.out.json
    python onnx_exchange.py draw FOLDER COUNT # NAME.onnx and NAME.json with inputs and predictions
"""
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

onnxruntime.set_default_logger_severity(3)


def flat(values):
    return {"shape": list(values.shape), "data": values.ravel().tolist()}


def array(given):
    return np.array(given["data"], np.float32).reshape(given["shape"])


def predict(folder):
    for path in sorted(folder.glob("*.onnx")):
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        session = onnxruntime.InferenceSession(path)
        x = array(json.loads(path.with_suffix(".json").read_text()))
        (name,) = [each.name for each in session.get_inputs()]
        (whole,) = session.run(None, {name: x})
        # The batch may have any size.
        (first,) = session.run(None, {name: x[:1]})
        np.testing.assert_allclose(first, whole[:1], rtol=1e-4, atol=1e-5)
        path.with_suffix(".out.json").write_text(json.dumps(flat(whole)))


def draw(folder, count):
    import torch
    from torch import nn

    activations = [nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.Hardswish, nn.Hardsigmoid, nn.Hardtanh]
    for number in range(count):
        rng = np.random.default_rng(number)
        torch.manual_seed(number)

        def one(*choices):
            return choices[rng.integers(len(choices))]

        channels, layers = one(2, 3, 4), []
        shape = (channels, int(rng.integers(9, 16)), int(rng.integers(9, 16)))
        for _ in range(4):
            out, kind = one(4, 6, 8), one("conv", "grouped", "depthwise", "transposed")
            size, dilation = (one(1, 2, 3), one(1, 2, 3)), one(1, 2)
            padding = (one(1, 2), one(1, 2))
            groups = {"conv": 1, "transposed": 1, "grouped": 2 if channels % 2 == 0 else 1, "depthwise": channels}[kind]
            out = channels * one(1, 2) if kind == "depthwise" else out
            if kind == "transposed":
                layers.append(nn.ConvTranspose2d(channels, out, size, stride=one(1, 2), bias=one(True, False)))
            else:
                layers.append(nn.Conv2d(channels, out, size, (one(1, 2), one(1, 2)), padding, dilation, groups, one(True, False)))
            channels = out
            layers.append(one(nn.BatchNorm2d, nn.Identity, lambda c: nn.GroupNorm(2 if c % 2 == 0 else 1, c), lambda c: nn.InstanceNorm2d(c, affine=True))(channels))
            layers.append(activations[(4 * number + len(layers)) % len(activations)]())
            layers.append(one(nn.Identity(), nn.MaxPool2d(2, 1, ceil_mode=True), nn.AvgPool2d(3, 2, 1, count_include_pad=one(True, False)), nn.Upsample(scale_factor=2)))
        module = nn.Sequential(*layers, one(nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d(1), nn.Identity()), nn.Flatten(), nn.LazyLinear(5)).eval()
        x = torch.rand((2, *shape))
        try:
            module(x)
        except RuntimeError:  # A window that is larger than what the layers before leave.
            continue
        for each in module.modules():
            if isinstance(each, nn.BatchNorm2d):
                nn.init.uniform_(each.running_mean, -0.5, 0.5)
                nn.init.uniform_(each.running_var, 0.5, 1.5)
        y = module(x).detach().numpy()
        path = folder / f"drawn-{number}.onnx"
        preserve = torch.onnx.TrainingMode.PRESERVE if number % 2 else torch.onnx.TrainingMode.EVAL
        torch.onnx.export(module, (x,), str(path), dynamo=False, opset_version=17, training=preserve, do_constant_folding=number % 2 == 0, input_names=["x"], dynamic_axes={"x": {0: "n"}})
        path.with_suffix(".json").write_text(json.dumps({"x": flat(x.numpy()), "y": flat(y)}))


folder = pathlib.Path(sys.argv[2])
if sys.argv[1] == "predict":
    predict(folder)
else:
    draw(folder, int(sys.argv[3]))

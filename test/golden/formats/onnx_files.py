"""Makes small .onnx files with PyTorch's and Keras's exporters and by hand, and what onnxruntime predicts for them.

    KERAS_BACKEND=torch python test/golden/formats/onnx_files.py
"""
import json
import os
import pathlib
import tempfile

os.environ["KERAS_BACKEND"] = "torch"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
import torch  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from torch import nn  # noqa: E402

HERE = pathlib.Path(__file__).parent / "onnx"


class Residual(nn.Module):
    """A block of ResNet, and squeeze and excitation."""

    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.shortcut = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))
        self.squeeze = nn.Conv2d(out, 2, 1)
        self.excite = nn.Conv2d(2, out, 1)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        scale = self.excite(torch.relu(self.squeeze(nn.functional.adaptive_avg_pool2d(y, 1))))
        return torch.relu(y * torch.sigmoid(scale) + self.shortcut(x))


def simple():
    """Asymmetric windows, dilation, pooling with a ceiling, flatten."""
    return nn.Sequential(
        nn.Conv2d(3, 6, (3, 2), stride=(2, 1), padding=(1, 0)), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.Conv2d(6, 8, 3, padding=2, dilation=2, groups=2), nn.LeakyReLU(0.1), nn.AvgPool2d(2, 1, padding=1),
        nn.Flatten(), nn.Linear(8 * 4 * 7, 10), nn.Tanh(), nn.Dropout(0.5), nn.Linear(10, 4), nn.Softmax(1),
    )


def mobile():
    """Depthwise convolutions and the activations of MobileNetV3."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.Hardswish(),
        nn.Conv2d(8, 8, 5, 1, 2, groups=8, bias=False), nn.BatchNorm2d(8), nn.ReLU6(),
        nn.Conv2d(8, 16, 1), nn.SiLU(), nn.Conv2d(16, 16, 3, 2, 1, groups=16), nn.GELU(), nn.PReLU(16),
        nn.Upsample(scale_factor=2), nn.ConvTranspose2d(16, 4, 3, 2, 1, output_padding=1), nn.ELU(), nn.ZeroPad2d((1, 0, 2, 1)),
        nn.InstanceNorm2d(4, affine=True), nn.Hardsigmoid(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(4),
        nn.Linear(4, 5), nn.LogSoftmax(1),
    )


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 5, 3, padding=1), nn.Conv2d(3, 2, 5, padding=2)
        self.residual = Residual(11, 12, 2)
        self.fc = nn.Linear(12, 3)

    def forward(self, x):
        y = torch.cat([self.a(x), torch.relu(self.b(x)), self.c(nn.functional.max_pool2d(x, 3, 1, 1))], 1)
        y = self.residual(y)
        y = y.mean((2, 3))
        return self.fc(y.view(y.size(0), -1))


def randomized(module, seed):
    """Statistics and factors other than those at first."""
    torch.manual_seed(seed)
    for each in module.modules():
        if isinstance(each, (nn.BatchNorm2d, nn.InstanceNorm2d, nn.LayerNorm)):
            nn.init.uniform_(each.weight, 0.5, 1.5)
            nn.init.uniform_(each.bias, -0.5, 0.5)
        if isinstance(each, nn.BatchNorm2d):
            nn.init.uniform_(each.running_mean, -0.5, 0.5)
            nn.init.uniform_(each.running_var, 0.5, 1.5)
    return module.eval()


def export(name, module, shape, **options):
    path = HERE / f"{name}.onnx"
    x = torch.rand((2, *shape))
    torch.onnx.export(module, (x,), str(path), input_names=["x"], output_names=["y"], **options)
    without_places(path)
    return path


def without_places(path):
    """PyTorch notes for each node in which line of which file it was called, which is no part of the model."""
    model = onnx.load(path)
    for each in [*model.graph.node, *model.graph.value_info, *model.graph.initializer, *model.graph.input, *model.graph.output]:
        del each.metadata_props[:]
        each.doc_string = ""
    del model.graph.value_info[:]
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    onnx.save(model, path)


def fine_tuned():
    """A network with batch normalization as it is exported, and the losses of its training in PyTorch from there on."""
    torch.manual_seed(4)
    module = randomized(Inception(), 6)
    preserved = torch.onnx.TrainingMode.PRESERVE
    dynamic = {"dynamic_axes": {"x": {0: "n"}, "y": {0: "n"}}}
    path = export("torch-script-normalized", module, (3, 9, 9), dynamo=False, opset_version=17, training=preserved, do_constant_folding=False, **dynamic)
    x, labels = torch.rand((8, 3, 9, 9)), torch.arange(8) % 3
    module.train()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(module(x), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    out = {"file": path.name, "x": flat(x.numpy()), "labels": labels.tolist(), "losses": losses}
    (HERE / "fine-tuned.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
    return predicted(path, (3, 9, 9), 2)


def keras_model():
    layers = keras.layers
    image = keras.Input((12, 10, 3))
    x = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu")(image)
    x = layers.BatchNormalization()(x)
    y = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.Concatenate()([x, y])
    x = layers.MaxPooling2D(2, padding="same")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(8, activation="gelu")(x)
    return keras.Model(image, layers.Dense(4, activation="softmax")(x))


def zoo_mnist():
    """The published structure of MNIST in the ONNX model zoo (CNTK, operator set 8), with random weights."""
    rng = np.random.default_rng(7)

    def weights(name, *shape):
        return numpy_helper.from_array(rng.normal(0, 0.3, shape).astype(np.float32), name)

    initializers = [
        weights("Parameter193", 16, 4, 4, 10), weights("Parameter87", 16, 8, 5, 5), weights("Parameter5", 8, 1, 5, 5),
        weights("Parameter6", 8, 1, 1), weights("Parameter88", 16, 1, 1), weights("Parameter194", 1, 10),
        numpy_helper.from_array(np.array([1, 256], np.int64), "Pooling160_Output_0_reshape0_shape"),
        numpy_helper.from_array(np.array([256, 10], np.int64), "Parameter193_reshape1_shape"),
    ]
    conv = {"kernel_shape": [5, 5], "strides": [1, 1], "auto_pad": "SAME_UPPER", "group": 1, "dilations": [1, 1]}
    pool = {"auto_pad": "NOTSET", "pads": [0, 0, 0, 0]}
    nodes = [
        helper.make_node("Reshape", ["Parameter193", "Parameter193_reshape1_shape"], ["Parameter193_reshape1"], "Times212_reshape1"),
        helper.make_node("Conv", ["Input3", "Parameter5"], ["Convolution28_Output_0"], "Convolution28", **conv),
        helper.make_node("Add", ["Convolution28_Output_0", "Parameter6"], ["Plus30_Output_0"], "Plus30"),
        helper.make_node("Relu", ["Plus30_Output_0"], ["ReLU32_Output_0"], "ReLU32"),
        helper.make_node("MaxPool", ["ReLU32_Output_0"], ["Pooling66_Output_0"], "Pooling66", kernel_shape=[2, 2], strides=[2, 2], **pool),
        helper.make_node("Conv", ["Pooling66_Output_0", "Parameter87"], ["Convolution110_Output_0"], "Convolution110", **conv),
        helper.make_node("Add", ["Convolution110_Output_0", "Parameter88"], ["Plus112_Output_0"], "Plus112"),
        helper.make_node("Relu", ["Plus112_Output_0"], ["ReLU114_Output_0"], "ReLU114"),
        helper.make_node("MaxPool", ["ReLU114_Output_0"], ["Pooling160_Output_0"], "Pooling160", kernel_shape=[3, 3], strides=[3, 3], **pool),
        helper.make_node("Reshape", ["Pooling160_Output_0", "Pooling160_Output_0_reshape0_shape"], ["Pooling160_Output_0_reshape0"], "Times212_reshape0"),
        helper.make_node("MatMul", ["Pooling160_Output_0_reshape0", "Parameter193_reshape1"], ["Times212_Output_0"], "Times212"),
        helper.make_node("Add", ["Times212_Output_0", "Parameter194"], ["Plus214_Output_0"], "Plus214"),
    ]
    inputs = [helper.make_tensor_value_info("Input3", TensorProto.FLOAT, [1, 1, 28, 28])]
    # As files of the old versions do, the initializers are inputs too.
    inputs += [helper.make_tensor_value_info(each.name, each.data_type, each.dims) for each in initializers]
    outputs = [helper.make_tensor_value_info("Plus214_Output_0", TensorProto.FLOAT, [1, 10])]
    graph = helper.make_graph(nodes, "CNTKGraph", inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 8)], ir_version=3, producer_name="CNTK")
    onnx.checker.check_model(model)
    onnx.save(model, HERE / "zoo-mnist.onnx")
    return HERE / "zoo-mnist.onnx"


def predicted(path, shape, batch):
    x = np.random.default_rng(3).random((batch, *shape), np.float32)
    session = onnxruntime.InferenceSession(path)
    (y,) = session.run(None, {session.get_inputs()[0].name: x})
    ops = sorted({node.op_type for node in onnx.load(path).graph.node})
    print(path.name, path.stat().st_size, ops)
    return {"file": path.name, "x": flat(x), "y": flat(y)}


def flat(values):
    return {"shape": list(values.shape), "data": [float(f"{value:.9g}") for value in values.ravel()]}


def main():
    HERE.mkdir(exist_ok=True)
    torch.manual_seed(1)
    cases = []
    for name, module, shape in [("simple", simple(), (3, 12, 14)), ("mobile", mobile(), (3, 16, 16)), ("inception", Inception(), (3, 9, 9))]:
        module = randomized(module, 5)
        dynamic = {"dynamic_axes": {"x": {0: "n"}, "y": {0: "n"}}}
        script = export(f"torch-script-{name}", module, shape, dynamo=False, opset_version=17, **dynamic)
        batch = torch.export.Dim("n")
        dynamo = export(f"torch-dynamo-{name}", module, shape, dynamo=True, external_data=False, dynamic_shapes=({0: batch},))
        cases += [predicted(script, shape, 2), predicted(dynamo, shape, 2)]
    cases.append(fine_tuned())
    keras.utils.set_random_seed(2)
    path = HERE / "keras-torch.onnx"
    with tempfile.TemporaryDirectory() as folder:
        model = keras_model()
        model(np.zeros((2, 12, 10, 3), np.float32))
        model.export(f"{folder}/model.onnx", format="onnx", verbose=False)
        onnx.save(onnx.load(f"{folder}/model.onnx"), path)
    without_places(path)
    cases.append(predicted(path, (12, 10, 3), 2))
    cases.append(predicted(zoo_mnist(), (1, 28, 28), 1))
    (HERE / "predictions.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


main()

"""Makes .onnx files of operations that exporters write seldom, and what onnxruntime predicts for them.

    python test/golden/formats/onnx_ops.py
"""
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent / "onnx"
rng = np.random.default_rng(4)


def floats(*shape):
    return rng.normal(0, 0.5, shape).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def f32(*values):
    return np.array(values, np.float32)


# For each file the operator set, the shape of the input, and op, further inputs and attributes of a chain of nodes.
FILES = {
    "images": (21, (3, 11, 10), [
        ("Slice", [ints(1, 0), ints(10, -2), ints(2, 3)], {}),
        ("Conv", [floats(4, 3, 3, 2), floats(4)], {"auto_pad": "SAME_LOWER", "strides": [2, 1]}),
        ("Mul", [floats(4, 1, 1)], {}),
        ("Celu", [], {"alpha": 0.7}),
        ("Add", [floats(1, 4, 1, 1)], {}),
        ("GroupNormalization", [floats(4), floats(4)], {"num_groups": 2}),
        ("Pad", [ints(0, 0, 1, 0, 0, 0, 0, 1)], {"mode": "edge"}),
        ("MaxPool", [], {"kernel_shape": [2, 3], "strides": [1, 2], "ceil_mode": 1}),
        ("Resize", [f32(), f32(), ints(1, 4, 7, 9)], {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}),
        ("Clip", [f32(-0.5)[0]], {}),
        ("LRN", [], {"size": 3, "alpha": 0.3, "beta": 0.6, "bias": 1.5}),
        ("Neg", [], {}),
        ("ThresholdedRelu", [], {"alpha": -0.0}),
        ("Pow", [f32(2)[0]], {}),
        ("HardSigmoid", [], {"alpha": 0.3, "beta": 0.4}),
        ("AveragePool", [], {"kernel_shape": [3, 2], "strides": [2, 2], "pads": [1, 0, 1, 1], "count_include_pad": 1, "ceil_mode": 0}),
        ("Unsqueeze", [ints(4)], {}), ("Squeeze", [ints(4)], {}),
        ("Transpose", [], {"perm": [0, 2, 3, 1]}),
        ("Sub", [floats(4)], {}),
        ("MatMul", [floats(4, 5)], {}),
        ("Add", [floats(5)], {}),
        ("Softmax", [], {"axis": 2}),
        ("ReduceMax", [ints(1, 2)], {"keepdims": 0}),
    ]),
    "old": (9, (2, 6, 6), [
        ("Conv", [floats(6, 1, 3, 3)], {"group": 2, "dilations": [2, 2], "pads": [2, 1, 0, 3]}),
        ("BatchNormalization", [floats(6), floats(6), floats(6), np.abs(floats(6))], {"epsilon": 0.01}),
        ("Upsample", [f32(1, 1, 2, 3)], {"mode": "nearest"}),
        ("Clip", [], {"min": -0.4, "max": 0.9}),
        ("Dropout", [], {"ratio": 0.3}),
        ("Pad", [], {"pads": [0, 0, 1, 2, 0, 0, 0, 1]}),
        ("GlobalMaxPool", [], {}),
        ("Flatten", [], {}),
        ("Relu", [], {}),
        ("Gemm", [floats(6, 4), floats(4)], {"alpha": 0.5, "beta": 2.0}),
        ("Div", [np.abs(floats(4))], {}),
        ("PRelu", [floats(1)], {}),
        ("LogSoftmax", [], {"axis": 1}),
    ]),
    "flat": (17, (2, 3, 4), [
        ("Flatten", [], {}),
        ("Tanh", [], {}),
        ("Dropout", [], {}),
        ("Gemm", [floats(5, 24)], {"transB": 1}),
        ("Sigmoid", [], {}),
    ]),
    # What is flattened and no longer an image must have the order of the graph.
    "separated": (17, (2, 3, 4), [
        ("Relu", [], {}),
        ("Reshape", [ints(0, -1)], {}),
        ("Reshape", [ints(0, 6, 4)], {}),
        ("LayerNormalization", [floats(6, 4), floats(6, 4)], {"axis": 1}),
        ("Transpose", [], {"perm": [0, 2, 1]}),
        ("Reshape", [ints(-1, 24)], {}),
        ("Softsign", [], {}),
    ]),
}


def main():
    cases = []
    for name, (opset, shape, chain) in FILES.items():
        nodes, initializers, current = [], [], "x"
        for i, (op, inputs, attributes) in enumerate(chain):
            names = []
            for j, values in enumerate(inputs):
                names.append(f"w{i}_{j}" if np.size(values) else "")
                if np.size(values):
                    initializers.append(numpy_helper.from_array(np.asarray(values), f"w{i}_{j}"))
            nodes.append(helper.make_node(op, [current, *names], [f"v{i}"], f"{op}_{i}", **attributes))
            current = f"v{i}"
        inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *shape])]
        outputs = [helper.make_tensor_value_info(current, TensorProto.FLOAT, ["n", "m"])]
        graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
        onnx.checker.check_model(model)
        path = HERE / f"ops-{name}.onnx"
        onnx.save(model, path)
        x = floats(1, *shape)
        (y,) = onnxruntime.InferenceSession(path).run(None, {"x": x})
        cases.append({"file": path.name, "x": flat(x), "y": flat(y)})
    (HERE / "ops.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")


def flat(values):
    return {"shape": list(values.shape), "data": [float(f"{value:.9g}") for value in values.ravel()]}


main()

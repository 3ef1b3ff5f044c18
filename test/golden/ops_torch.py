"""Forward and gradients of every operation by PyTorch in float64: writes ops-torch.json.

usage: pip install torch numpy; python ops_torch.py
PyTorch's layouts (NCHW images, KCRS filters) are transposed here: the numbers are NHWC and RSCK.
"""
from pathlib import Path

import torch
import torch.nn.functional as F

from golden import Golden

torch.set_num_threads(1)
golden = Golden('torch', f'PyTorch {torch.__version__.split("+")[0]}, float64')


def leaf(array):
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def axis_padding(size, window, stride, dilation, same):
    """TensorFlow's: ceil(size / stride) outputs, the odd zero at the end."""
    extent = dilation * (window - 1) + 1
    zeros = max(0, (-(-size // stride) - 1) * stride + extent - size) if same else 0
    return zeros // 2, zeros - zeros // 2


def pads(x_shape, window, strides, dilation, padding):
    """In the order of F.pad: left, right, top, bottom."""
    if isinstance(padding, dict):
        return [padding[side] for side in ('left', 'right', 'top', 'bottom')]
    axes = [axis_padding(x_shape[1 + i], window[i], strides[i], dilation[i], padding == 'same') for i in (0, 1)]
    return [*axes[1], *axes[0]]


def detached(**tensors):
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}


def backward(case, y, **leaves):
    """Draws dy, runs backward and records y and the gradient of each leaf."""
    dy = case.uniform('dy', y.shape)
    y.backward(torch.tensor(dy))
    case.outputs(**detached(y=y, **{f'd{name}': tensor.grad for name, tensor in leaves.items()}))


def conv2d(name, x_shape, filters, window, strides=(1, 1), dilation=(1, 1), padding='valid'):
    case = golden.case('conv2d', name, strides=strides, dilation=dilation, padding=padding)
    x = leaf(case.uniform('x', x_shape))
    w = leaf(case.uniform('w', [*window, x_shape[3], filters], scale=1))
    b = leaf(case.uniform('b', [filters]))
    padded = F.pad(nchw(x), pads(x_shape, window, strides, dilation, padding))
    y = nhwc(F.conv2d(padded, w.permute(3, 2, 0, 1), b, stride=strides, dilation=dilation))
    backward(case, y, x=x, w=w, b=b)


conv2d('3x3 valid, 1 channel', [2, 6, 7, 1], 4, [3, 3])
conv2d('3x3 same, 3 channels', [2, 7, 6, 3], 5, [3, 3], padding='same')
conv2d('5x5 same, 4 channels', [1, 8, 9, 4], 6, [5, 5], padding='same')
conv2d('5x5 strides 2 valid, 2 channels', [2, 9, 8, 2], 3, [5, 5], strides=(2, 2))
conv2d('3x3 strides 2 same, even and odd size, 5 channels', [1, 8, 7, 5], 4, [3, 3], strides=(2, 2), padding='same')
conv2d('3x3 dilation 2 valid, 3 channels', [1, 9, 8, 3], 4, [3, 3], dilation=(2, 2))
conv2d('3x3 dilation 2x3 same, 2 channels', [1, 7, 9, 2], 3, [3, 3], dilation=(2, 3), padding='same')
uneven = {'top': 2, 'bottom': 1, 'left': 0, 'right': 3}
conv2d('3x3 strides 2x1 dilation 2 uneven padding, 2 channels', [1, 9, 8, 2], 3, [3, 3], (2, 1), (2, 2), uneven)
conv2d('11x11 strides 4 valid, 3 channels', [1, 19, 23, 3], 4, [11, 11], strides=(4, 4))
conv2d('1x1, 9 channels', [2, 4, 5, 9], 9, [1, 1])
conv2d('2x3 strides 1x3 valid, 7 channels', [2, 5, 9, 7], 8, [2, 3], strides=(1, 3))
conv2d('3x3 padding wider than the window, 6 channels', [1, 4, 4, 6], 2, [3, 3], padding={side: 3 for side in uneven})
conv2d('3x3 same, 8 channels', [1, 6, 5, 8], 12, [3, 3], padding='same')
conv2d('window as large as the input, 2 channels', [3, 4, 5, 2], 3, [4, 5])


def dense(name, rows, features, units):
    case = golden.case('dense', name)
    x = leaf(case.uniform('x', [rows, features]))
    w = leaf(case.uniform('w', [features, units], scale=1))
    b = leaf(case.uniform('b', [units]))
    backward(case, F.linear(x, w.T, b), x=x, w=w, b=b)


dense('5x7 to 6', 5, 7, 6)
dense('1x9 to 1', 1, 9, 1)
dense('19x50 to 21', 19, 50, 21)


def pooling(op, name, x_shape, window, strides, padding='valid', bits=24):
    case = golden.case(op, name, window=window, strides=strides, padding=padding)
    x = leaf(case.uniform('x', x_shape, bits=bits))
    around = pads(x_shape, window, strides, (1, 1), padding)
    if op == 'maxPool2d':
        y = F.max_pool2d(F.pad(nchw(x), around, value=float('-inf')), window, strides)
    else:
        # The sum over the window, divided by how many of its elements lie inside the image.
        sums = F.avg_pool2d(F.pad(nchw(x), around), window, strides, divisor_override=1)
        y = sums / F.avg_pool2d(F.pad(torch.ones_like(nchw(x)), around), window, strides, divisor_override=1)
    backward(case, nhwc(y), x=x)


for op in ('maxPool2d', 'averagePool2d'):
    pooling(op, '2x2 strides 2', [2, 6, 8, 3], [2, 2], (2, 2))
    pooling(op, '2x2 strides 2, a row and a column left over', [1, 7, 5, 4], [2, 2], (2, 2))
    pooling(op, '3x3 strides 2, overlapping', [2, 7, 9, 2], [3, 3], (2, 2))
    pooling(op, '3x3 strides 2 same', [1, 8, 7, 3], [3, 3], (2, 2), 'same')
    pooling(op, '3x2 strides 1x3 uneven padding', [1, 6, 7, 5], [3, 2], (1, 3), {**uneven, 'left': 1, 'right': 0})
pooling('maxPool2d', '3x3 strides 2, equal elements', [2, 9, 9, 2], [3, 3], (2, 2), bits=2)

# The symmetric case in PyTorch's own words.
case = golden.case('averagePool2d', 'count_include_pad=False', window=[3, 3], strides=(2, 2),
                   padding={side: 1 for side in uneven})
x = leaf(case.uniform('x', [1, 7, 8, 3]))
backward(case, nhwc(F.avg_pool2d(nchw(x), 3, 2, padding=1, count_include_pad=False)), x=x)


def elementwise(op, name, function, scale=8, **options):
    case = golden.case(op, name, **options)
    x = leaf(case.uniform('x', [60], scale=scale))
    backward(case, function(x), x=x)


elementwise('relu', 'relu', F.relu)
elementwise('leakyRelu', 'slope 0.01', F.leaky_relu, alpha=0.01)
elementwise('leakyRelu', 'slope 0.3', lambda x: F.leaky_relu(x, 0.3), alpha=0.3)
elementwise('elu', 'alpha 1', F.elu, alpha=1)
elementwise('elu', 'alpha 0.4', lambda x: F.elu(x, 0.4), alpha=0.4)
elementwise('elu', 'near 0', F.elu, scale=2**-6, alpha=1)
for function in (torch.sigmoid, torch.tanh):
    elementwise(function.__name__, 'usual range', function)
    elementwise(function.__name__, 'near 0', function, scale=2**-6)
    elementwise(function.__name__, 'far from 0', function, scale=128)


def softmax(name, rows, columns, scale):
    case = golden.case('softmax', name)
    x = leaf(case.uniform('x', [rows, columns], scale=scale))
    backward(case, F.softmax(x, dim=-1), x=x)


softmax('10 classes', 6, 10, 8)
softmax('large inputs', 4, 7, 512)
softmax('1 class', 3, 1, 8)


def lrn(name, channels, depth_radius, bias, alpha, beta, scale):
    options = {'depthRadius': depth_radius, 'bias': bias, 'alpha': alpha, 'beta': beta}
    case = golden.case('localResponseNormalization', name, **options)
    x = leaf(case.uniform('x', [2, 3, 2, channels], scale=scale))
    size = 2 * depth_radius + 1
    # PyTorch takes the mean over the window where the paper takes the sum.
    y = nhwc(F.local_response_norm(nchw(x), size, alpha=alpha * size, beta=beta, k=bias))
    backward(case, y, x=x)


lrn('paper', 8, 2, 2, 1e-4, 0.75, 256)
lrn('radius 5, beta 0.5', 9, 5, 1, 1, 0.5, 4)
lrn('window wider than the channels', 3, 4, 1, 0.5, 0.75, 8)
lrn('radius 0', 4, 0, 1.5, 0.25, 1.25, 8)


def row_losses(case, loss, probabilities=None, **leaves):
    """Draws dloss, one number a row, runs backward and records."""
    dloss = case.uniform('dloss', loss.shape)
    loss.backward(torch.tensor(dloss))
    extra = {} if probabilities is None else {'probabilities': probabilities}
    case.outputs(**detached(loss=loss, **extra, **{f'd{name}': tensor.grad for name, tensor in leaves.items()}))


for name, scale in (('10 classes', 8), ('confident', 128)):
    case = golden.case('softmaxCrossEntropy', f'{name}, class numbers')
    logits = leaf(case.uniform('logits', [6, 10], scale=scale))
    classes = torch.tensor(case.labels('labels', 6, 10))
    row_losses(case, F.cross_entropy(logits, classes, reduction='none'), F.softmax(logits, -1), logits=logits)
    case = golden.case('softmaxCrossEntropy', f'{name}, soft targets')
    logits = leaf(case.uniform('logits', [6, 10], scale=scale))
    soft = torch.tensor(case.soft_targets('targets', 6, 10))
    row_losses(case, F.cross_entropy(logits, soft, reduction='none'), F.softmax(logits, -1), logits=logits)

case = golden.case('crossEntropy', 'rows that do not sum to 1, class numbers')
x = leaf(case.uniform('x', [6, 10], scale=0.875, offset=0.5))
classes = torch.tensor(case.labels('labels', 6, 10))
row_losses(case, F.nll_loss(torch.log(x / x.sum(-1, keepdim=True)), classes, reduction='none'), x=x)

for name, scale in (('usual range', 8), ('confident', 128)):
    case = golden.case('sigmoidBinaryCrossEntropy', name)
    logits = leaf(case.uniform('logits', [5, 4], scale=scale))
    targets = torch.tensor(case.uniform('targets', [5, 4], scale=2, offset=1, bits=1))
    loss = F.binary_cross_entropy_with_logits(logits, targets, reduction='none').mean(-1)
    row_losses(case, loss, torch.sigmoid(logits), logits=logits)
case = golden.case('binaryCrossEntropy', 'soft targets')
x = leaf(case.uniform('x', [5, 4], scale=0.875, offset=0.5))
targets = torch.tensor(case.uniform('targets', [5, 4], scale=1, offset=0.5))
row_losses(case, F.binary_cross_entropy(x, targets, reduction='none').mean(-1), x=x)

case = golden.case('meanSquaredError', '4 columns')
x = leaf(case.uniform('x', [5, 4]))
targets = torch.tensor(case.uniform('targets', [5, 4]))
row_losses(case, F.mse_loss(x, targets, reduction='none').mean(-1), x=x)


def optimizer(kind, name, make, scale=2, steps=5, size=8, **options):
    """`make` gets [w] and returns the optimizer and what is to be done before each step."""
    case = golden.case('optimizer', f'{kind} {name}', optimizer=kind, settings=options)
    w = leaf(case.uniform('w', [size], scale=2**-5))
    gradients = torch.tensor(case.uniform('dw', [steps, size], scale=scale))
    stepper, before = make([w])
    path = []
    for step in range(steps):
        before(stepper, step + 1)
        w.grad = gradients[step]
        stepper.step()
        path.append(w.detach().clone())
    case.outputs(**detached(w=torch.stack(path)))


def nothing(_stepper, _step):
    pass


def adam(beta1, beta2, epsilon, learning_rate):
    def paper_hat(stepper, step):
        # PyTorch adds epsilon to the corrected root, Keras (and section 2 of the paper) to the uncorrected one.
        stepper.param_groups[0]['eps'] = epsilon / (1 - beta2**step) ** 0.5
    return lambda ws: (torch.optim.Adam(ws, learning_rate, (beta1, beta2)), paper_hat)


SGD, RMSprop = torch.optim.SGD, torch.optim.RMSprop
optimizer('sgd', 'plain', lambda ws: (SGD(ws, 0.01), nothing), learningRate=0.01)
optimizer('sgd', 'momentum', lambda ws: (SGD(ws, 0.02, 0.9), nothing), learningRate=0.02, momentum=0.9)
optimizer('sgd', 'Nesterov', lambda ws: (SGD(ws, 0.02, 0.8, nesterov=True), nothing),
          learningRate=0.02, momentum=0.8, nesterov=True)
optimizer('adam', 'defaults of Keras', adam(0.9, 0.999, 1e-7, 0.001))
optimizer('adam', 'large epsilon', adam(0.8, 0.99, 0.01, 0.02), learningRate=0.02, beta1=0.8, beta2=0.99, epsilon=0.01)
# PyTorch adds epsilon behind the root, Keras under it: the same only for 0.
optimizer('rmsprop', 'epsilon 0', lambda ws: (RMSprop(ws, 0.001, 0.9, eps=0), nothing), epsilon=0)
optimizer('rmsprop', 'epsilon 0, momentum', lambda ws: (RMSprop(ws, 0.002, 0.8, eps=0, momentum=0.7), nothing),
          learningRate=0.002, rho=0.8, momentum=0.7, epsilon=0)

golden.write(Path(__file__).with_name('ops-torch.json'))

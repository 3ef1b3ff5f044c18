"""Files that Keras 3 has saved, what their models predict, and the losses with which they go on training.

usage: pip install keras tensorflow_cpu numpy; python keras_files.py
Writes *.keras, *.h5 and keras-files.json. Each model is trained for some steps on inputs that inputs.py draws, saved, and
trained for three further steps on the same batch. Dropout has the rate 0, so that nothing is drawn.
"""
import json
import os
import sys
import zipfile
from pathlib import Path

os.environ.update(KERAS_BACKEND='tensorflow', TF_CPP_MIN_LOG_LEVEL='3')
here = Path(__file__).parent
sys.path.insert(0, str(here.parent.parent))
import h5py
import keras
import numpy as np
from keras import initializers, layers, losses, metrics, models, optimizers, regularizers

import inputs

keras.utils.set_random_seed(7)


def digits():
    """The network of many a tutorial."""
    return models.Sequential([
        keras.Input((8, 8, 1)),
        layers.Rescaling(1 / 4),
        layers.Conv2D(3, 3, activation='relu', kernel_initializer='he_normal', kernel_regularizer='l2'),
        layers.BatchNormalization(),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.0),
        layers.Dense(5, activation='tanh', bias_constraint=keras.constraints.MaxNorm(0.5)),
        layers.Dense(3, activation='softmax', name='output'),
    ], name='digits')


def residual():
    """Branches, layers that are called twice, models within the model, an adapted normalization and a sum by `+`."""
    given = keras.Input((6, 6, 2), name='image')
    normalization = layers.Normalization()
    normalization.adapt(inputs.uniform('residual/adapted', (9, 6, 6, 2), 4, 1).astype('float32'))
    x = normalization(given)
    shared = layers.Conv2D(2, 3, padding='same', use_bias=False)
    y = shared(x)
    y = layers.PReLU(shared_axes=[1, 2], alpha_initializer=initializers.Constant(0.2))(y)
    y = shared(y)
    side = layers.DepthwiseConv2D(3, dilation_rate=2, padding='same', depth_multiplier=2)(x)
    side = layers.SeparableConv2D(2, 3, padding='same', activation=layers.LeakyReLU(negative_slope=0.1))(side)
    x = layers.Add()([x, y]) + side
    inner_input = keras.Input((6, 6, 2))
    inner = keras.Model(inner_input, layers.LayerNormalization(axis=[1, -1])(layers.ReLU(max_value=2.0)(inner_input)), name='inner')
    tower = models.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(4, 3, strides=2, groups=2), layers.GroupNormalization(2)], name='tower')
    x = tower(inner(x))
    x = layers.Concatenate()([x, layers.ELU(alpha=0.5)(x)])
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(given, layers.Dense(3)(x), name='residual')


def frozen():
    model = models.Sequential([
        keras.Input((8, 8, 1)), layers.Conv2D(2, 3, name='below'), layers.BatchNormalization(), layers.Flatten(), layers.Dense(3),
    ], name='frozen')
    model.layers[0].trainable = False
    model.layers[1].trainable = False
    return model


def dense(name):
    return models.Sequential([keras.Input((3,)), layers.Dense(4, activation='gelu'), layers.Dense(2)], name=name)


cross_entropy = 'sparse_categorical_crossentropy'
schedule = optimizers.schedules.CosineDecay(0.05, 20, warmup_target=0.1, warmup_steps=4)
cases = {
    'digits': (digits(), optimizers.Adam(0.01), cross_entropy, ['accuracy', metrics.SparseTopKCategoricalAccuracy(k=2, name='top')]),
    'residual': (residual(), optimizers.SGD(schedule, momentum=0.9, nesterov=True),
                 losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), [metrics.AUC(curve='PR', from_logits=True)]),
    'frozen': (frozen(), optimizers.AdamW(0.01), losses.SparseCategoricalCrossentropy(from_logits=True), []),
    'averages': (dense('averages'), optimizers.Adam(0.02, amsgrad=True, use_ema=True, ema_momentum=0.8, gradient_accumulation_steps=2, clipnorm=0.5), 'mse', ['mae']),
    'rmsprop': (dense('rmsprop'), optimizers.RMSprop(0.02, momentum=0.5, centered=True), losses.Huber(), []),
    'nadam': (dense('nadam'), optimizers.Nadam(0.02), 'mse', []),
    'adafactor': (dense('adafactor'), optimizers.Adafactor(0.05), 'mse', []),
    'muon': (dense('muon'), optimizers.Muon(0.02, gradient_accumulation_steps=2), 'mse', []),
}


def batch_of(name, model, loss):
    shape = model.input_shape[1:]
    x = inputs.uniform(f'{name}/x', (6, *shape), 4).astype('float32')
    classes = model.output_shape[-1]
    if isinstance(loss, losses.CategoricalCrossentropy):
        return x, inputs.soft_targets(f'{name}/y', 6, classes).astype('float32')
    if loss == 'mse' or isinstance(loss, losses.Huber):
        return x, inputs.uniform(f'{name}/y', (6, classes), 2).astype('float32')
    return x, inputs.labels(f'{name}/y', 6, classes)


def numbers(array):
    return [round(float(number), 8) for number in np.asarray(array).flatten()]


def deflated(path):
    """The archive again with its entries compressed: Keras stores them as they are, and reads both."""
    with zipfile.ZipFile(path) as archive:
        entries = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            if name == 'metadata.json':
                content = json.dumps({'keras_version': keras.__version__}).encode()
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def of_keras_2(path, model):
    """A file as Keras 2 wrote it: the same weights, a config without modules, and groups by the names of layers."""
    def layer(class_name, name, **config):
        return {'class_name': class_name, 'config': {'name': name, 'trainable': True, 'dtype': 'float32', **config}}

    def zeros(class_name):
        return {'class_name': class_name, 'config': {}}

    convolution, dense_layer = model.layers[0], model.layers[2]
    common = {'activation': 'relu', 'use_bias': True, 'kernel_initializer': {'class_name': 'GlorotUniform', 'config': {'seed': None}},
              'bias_initializer': zeros('Zeros'), 'kernel_regularizer': {'class_name': 'L2', 'config': {'l2': 0.01}}, 'bias_regularizer': None,
              'activity_regularizer': None, 'kernel_constraint': None, 'bias_constraint': None}
    config = {'class_name': 'Sequential', 'config': {'name': 'older', 'layers': [
        {'class_name': 'InputLayer', 'config': {'batch_input_shape': [None, 8, 8, 1], 'dtype': 'float32', 'sparse': False, 'ragged': False, 'name': 'conv_input'}},
        layer('Conv2D', 'conv', filters=2, kernel_size=[3, 3], strides=[2, 2], padding='valid',
              data_format='channels_last', dilation_rate=[1, 1], groups=1, **common),
        layer('Flatten', 'flatten', data_format='channels_last'),
        layer('Dense', 'dense', units=3, **{**common, 'activation': 'softmax'}),
    ]}}
    training = {'loss': 'sparse_categorical_crossentropy', 'metrics': ['accuracy'], 'weighted_metrics': None, 'loss_weights': None,
                'optimizer_config': {'class_name': 'SGD', 'config': {'name': 'SGD', 'learning_rate': 0.1, 'decay': 0.0, 'momentum': 0.0, 'nesterov': False}}}
    with h5py.File(path, 'w') as file:
        file.attrs['keras_version'] = b'2.11.0'
        file.attrs['backend'] = b'tensorflow'
        file.attrs['model_config'] = json.dumps(config).encode()
        file.attrs['training_config'] = json.dumps(training).encode()
        weights = file.create_group('model_weights')
        weights.attrs['layer_names'] = [b'conv', b'flatten', b'dense']
        for kept in (convolution, dense_layer):
            group = weights.create_group(kept.name)
            names = [f'{kept.name}/kernel:0'.encode(), f'{kept.name}/bias:0'.encode()]
            group.attrs['weight_names'] = names
            for name, weight in zip(names, kept.weights):
                group[name.decode()] = weight.numpy()
        weights.create_group('flatten').attrs['weight_names'] = np.array([], 'S1')


written = []
for name, (model, optimizer, loss, measured) in cases.items():
    x, y = batch_of(name, model, loss)
    model.compile(optimizer, loss, metrics=measured)
    for _ in range(5):
        model.train_on_batch(x, y)
    file = f'{name}.keras'
    model.save(here / file)
    deflated(here / file)
    if name == 'digits':
        model.save(here / 'digits.h5')
        model.save_weights(here / 'digits.weights.h5')
    predictions = numbers(model.predict(x, verbose=0))
    again = keras.saving.load_model(here / file)
    further = [float(again.train_on_batch(x, y, return_dict=True)['loss']) for _ in range(3)]
    written.append({'name': name, 'file': file, 'inputShape': list(model.input_shape[1:]), 'predictions': predictions, 'losses': further,
                    'steps': 5, 'optimizer': type(optimizer).__name__})

older = models.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3, strides=2, activation='relu', name='conv'), layers.Flatten(),
                           layers.Dense(3, activation='softmax', name='dense')])
of_keras_2(here / 'keras-2.h5', older)
older = models.load_model(here / 'keras-2.h5')
x, y = batch_of('keras-2', older, cross_entropy)
predictions = numbers(older.predict(x, verbose=0))
further = [float(older.train_on_batch(x, y, return_dict=True)['loss']) for _ in range(3)]
written.append({'name': 'keras-2', 'file': 'keras-2.h5', 'inputShape': [8, 8, 1], 'predictions': predictions, 'losses': further,
                'steps': 0, 'optimizer': 'SGD'})

(here / 'keras-files.json').write_text(json.dumps({'source': f'Keras {keras.__version__}', 'madeBy': 'keras_files.py', 'cases': written}) + '\n')

/** What TensorFlow.js has: the layers of version 4.22 that are layers here, with the options that it heeds. */

const anyLayer = ['name', 'trainable', 'dtype'];
const kernel = ['initializer', 'regularizer', 'constraint'];
const parameter = (name: string): string[] => kernel.map(kind => `${name}_${kind}`);
const bias = ['use_bias', ...parameter('bias')];
const window = ['kernel_size', 'strides', 'padding', 'data_format', 'activation', 'activity_regularizer', ...bias];
const pooling = ['pool_size', 'strides', 'padding', 'data_format'];
const scaleAndShift = [...parameter('gamma'), ...parameter('beta'), 'axis', 'epsilon', 'center', 'scale'];

const options: { readonly [className: string]: readonly string[] } = {
  Activation: ['activation'],
  Add: [],
  AlphaDropout: ['rate'],
  Average: [],
  AveragePooling2D: pooling,
  BatchNormalization: [...scaleAndShift, 'momentum', 'moving_mean_initializer', 'moving_variance_initializer'],
  Concatenate: ['axis'],
  Conv2D: ['filters', 'dilation_rate', ...window, ...parameter('kernel')],
  Conv2DTranspose: ['filters', ...window, ...parameter('kernel')],
  Cropping2D: ['cropping', 'data_format'],
  Dense: ['units', 'activation', 'activity_regularizer', ...bias, ...parameter('kernel')],
  DepthwiseConv2D: ['depth_multiplier', ...window, ...parameter('depthwise')],
  Dot: ['axes', 'normalize'],
  Dropout: ['rate', 'seed'],
  ELU: ['alpha'],
  Flatten: ['data_format'],
  GaussianDropout: ['rate'],
  GaussianNoise: ['stddev'],
  GlobalAveragePooling2D: ['data_format'],
  GlobalMaxPooling2D: ['data_format'],
  InputLayer: ['batch_input_shape', 'sparse'],
  LayerNormalization: scaleAndShift.filter(option => !option.endsWith('_constraint')),
  LeakyReLU: ['alpha'],
  MaxPooling2D: pooling,
  Maximum: [],
  Minimum: [],
  Multiply: [],
  PReLU: [...parameter('alpha'), 'shared_axes'],
  Permute: ['dims'],
  ReLU: ['max_value'],
  RepeatVector: ['n'],
  Rescaling: ['scale', 'offset'],
  Reshape: ['target_shape'],
  SeparableConv2D: [
    ...['filters', 'depth_multiplier', 'dilation_rate', ...window],
    ...[...parameter('depthwise'), ...parameter('pointwise')],
  ],
  Softmax: ['axis'],
  UpSampling2D: ['size', 'data_format'],
  ZeroPadding2D: ['padding', 'data_format'],
};

/** The options that a layer of TensorFlow.js heeds, as they are called in files; undefined for a layer that it does not have. */
export const tfjsOptions = (className: string): readonly string[] | undefined =>
  Object.hasOwn(options, className) ? [...anyLayer, ...options[className]!] : undefined;

/** Activations that TensorFlow.js computes as they are computed here, as they are called in files. */
export const tfjsActivations = [
  ...['elu', 'gelu', 'linear', 'log_softmax', 'mish', 'relu', 'relu6', 'selu', 'sigmoid', 'softmax', 'softplus'],
  ...['softsign', 'swish', 'tanh'],
];

/** The name that a parameter has in files, in the layers in which it is not the one that it has here. */
export const tfjsParameter = (className: string, name: string): string =>
  className === 'DepthwiseConv2D' && name === 'kernel' ? 'depthwise_kernel' : name;

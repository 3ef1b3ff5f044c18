/** The backend of plain typed-array loops: the definition of every kernel, and the one that runs everywhere. */
import type { Kernels, ScratchBytes } from '../contract.ts';
import * as activations from './activations.ts';
import { biasBackward, biasBackwardScratch, biasForward } from './bias.ts';
import {
  conv2dBackwardFilter,
  conv2dBackwardFilterScratch,
  conv2dBackwardInput,
  conv2dBackwardInputScratch,
  conv2dBiasRelu,
  conv2dForward,
  conv2dForwardScratch,
} from './conv2d.ts';
import {
  conv2dBiasReluMaxPool2d,
  conv2dBiasReluMaxPool2dScratch,
  conv2dMaxPool2dBackwardFilter,
  conv2dMaxPool2dBackwardFilterScratch,
  maxPool2dWhereBackward,
} from './conv2d-pool.ts';
import { dropoutForward } from './dropout.ts';
import * as elementwise from './elementwise.ts';
import { cropForward, padForward, transposeForward } from './layout.ts';
import {
  localResponseNormalizationBackward,
  localResponseNormalizationForward,
  localResponseNormalizationScratch,
} from './local-response-normalization.ts';
import * as losses from './losses.ts';
import { matmulForward, matmulScratch } from './matmul.ts';
import { binaryAccuracy, categoricalAccuracy, oneHot } from './metrics.ts';
import { adamUpdate, momentumUpdate, rmspropUpdate, sgdUpdate } from './optimizers.ts';
import {
  averagePool2dBackward,
  averagePool2dForward,
  averagePool2dScratch,
  maxPool2dBackward,
  maxPool2dForward,
} from './pooling.ts';
import { broadcastForward, sumForward, sumScratch } from './reduce.ts';

export const loops: Kernels = {
  matmulForward,
  conv2dForward,
  conv2dBackwardInput,
  conv2dBackwardFilter,
  conv2dBiasRelu,
  biasForward,
  biasBackward,
  maxPool2dForward,
  maxPool2dBackward,
  maxPool2dWhereBackward,
  conv2dBiasReluMaxPool2d,
  conv2dMaxPool2dBackwardFilter,
  averagePool2dForward,
  averagePool2dBackward,
  reluForward: activations.reluForward,
  reluBackward: activations.reluBackward,
  leakyReluForward: activations.leakyReluForward,
  leakyReluBackward: activations.leakyReluBackward,
  eluForward: activations.eluForward,
  eluBackward: activations.eluBackward,
  sigmoidForward: activations.sigmoidForward,
  sigmoidBackward: activations.sigmoidBackward,
  tanhForward: activations.tanhForward,
  tanhBackward: activations.tanhBackward,
  softmaxForward: activations.softmaxForward,
  softmaxBackward: activations.softmaxBackward,
  dropoutForward,
  localResponseNormalizationForward,
  localResponseNormalizationBackward,
  softmaxCrossEntropyForward: losses.softmaxCrossEntropyForward,
  softmaxCrossEntropyBackward: losses.softmaxCrossEntropyBackward,
  crossEntropyForward: losses.crossEntropyForward,
  crossEntropyBackward: losses.crossEntropyBackward,
  sigmoidBinaryCrossEntropyForward: losses.sigmoidBinaryCrossEntropyForward,
  sigmoidBinaryCrossEntropyBackward: losses.sigmoidBinaryCrossEntropyBackward,
  binaryCrossEntropyForward: losses.binaryCrossEntropyForward,
  binaryCrossEntropyBackward: losses.binaryCrossEntropyBackward,
  meanSquaredErrorForward: losses.meanSquaredErrorForward,
  meanSquaredErrorBackward: losses.meanSquaredErrorBackward,
  oneHot,
  categoricalAccuracy,
  binaryAccuracy,
  fill: elementwise.fill,
  affineForward: elementwise.affineForward,
  addForward: elementwise.addForward,
  subtractForward: elementwise.subtractForward,
  multiplyForward: elementwise.multiplyForward,
  divideForward: elementwise.divideForward,
  expForward: elementwise.expForward,
  logForward: elementwise.logForward,
  sqrtForward: elementwise.sqrtForward,
  absForward: elementwise.absForward,
  absBackward: elementwise.absBackward,
  sumForward,
  broadcastForward,
  transposeForward,
  cropForward,
  padForward,
  sgdUpdate,
  momentumUpdate,
  adamUpdate,
  rmspropUpdate,
};

export const loopsScratchBytes: ScratchBytes = {
  matmulForward: matmulScratch,
  conv2dForward: conv2dForwardScratch,
  conv2dBiasRelu: conv2dForwardScratch,
  conv2dBiasReluMaxPool2d: conv2dBiasReluMaxPool2dScratch,
  conv2dMaxPool2dBackwardFilter: conv2dMaxPool2dBackwardFilterScratch,
  conv2dBackwardInput: conv2dBackwardInputScratch,
  conv2dBackwardFilter: conv2dBackwardFilterScratch,
  biasBackward: biasBackwardScratch,
  averagePool2dForward: averagePool2dScratch,
  localResponseNormalizationBackward: localResponseNormalizationScratch,
  sumForward: sumScratch,
};

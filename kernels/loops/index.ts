/** The backend of plain typed-array loops: the definition of every kernel, and the one that runs everywhere. */
import { type Definitions, fusionsOf, type ScratchBytes } from '../contract.ts';
import { argmax, argmin } from './argmax.ts';
import { biasBackward, biasBackwardScratch, biasForward } from './bias.ts';
import { castFromInt32, castFromUint8, castFromUint8Affine, castToInt32 } from './cast.ts';
import {
  conv2dBackwardFilter,
  conv2dBackwardFilterScratch,
  conv2dBackwardInput,
  conv2dBackwardInputScratch,
  conv2dBias,
  conv2dBiasAdd,
  conv2dBiasAddRelu,
  conv2dBiasRelu,
  conv2dForward,
  conv2dForwardScratch,
  conv2dTransposeForward,
} from './conv2d.ts';
import {
  conv2dBiasReluMaxPool2d,
  conv2dBiasReluMaxPool2dScratch,
  conv2dMaxPool2dBackwardFilter,
  conv2dMaxPool2dBackwardFilterScratch,
  maxPool2dWhereBackward,
} from './conv2d-pool.ts';
import { dropoutForward } from './dropout.ts';
import { gatherBackward, gatherForward } from './gather.ts';
import { formulaLoops } from './generated/index.ts';
import { cropForward, insertForward, padForward, transposeForward } from './layout.ts';
import {
  localResponseNormalizationBackward,
  localResponseNormalizationForward,
  localResponseNormalizationScratch,
} from './local-response-normalization.ts';
import { matmulForward, matmulScratch } from './matmul.ts';
import {
  normalizationAdd,
  normalizationAddRelu,
  normalizationAddReluBackward,
  normalizationBackward,
  normalizationForward,
  normalizationRelu,
  normalizationReluBackward,
  normalizationScratch,
  scaleShiftForward,
} from './normalization.ts';
import { oneHot } from './one-hot.ts';
import {
  averagePool2dBackward,
  averagePool2dForward,
  averagePool2dScratch,
  maxPool2dBackward,
  maxPool2dForward,
} from './pooling.ts';
import { randomNormal, randomUniform } from './random.ts';
import { broadcastForward, maxForward, minForward, sumForward, sumScratch } from './reduce.ts';
import { resampleBackward, resampleForward } from './resample.ts';
import { resizeBackward, resizeForward } from './resize.ts';

export const loops: Definitions = {
  ...formulaLoops,
  matmulForward,
  conv2dForward,
  conv2dBackwardInput,
  conv2dBackwardFilter,
  conv2dBias,
  conv2dBiasAdd,
  conv2dBiasAddRelu,
  conv2dBiasRelu,
  conv2dTransposeForward,
  biasForward,
  biasBackward,
  maxPool2dForward,
  maxPool2dBackward,
  maxPool2dWhereBackward,
  conv2dBiasReluMaxPool2d,
  conv2dMaxPool2dBackwardFilter,
  averagePool2dForward,
  averagePool2dBackward,
  dropoutForward,
  localResponseNormalizationForward,
  localResponseNormalizationBackward,
  normalizationForward,
  normalizationBackward,
  normalizationRelu,
  normalizationReluBackward,
  normalizationAdd,
  normalizationAddRelu,
  normalizationAddReluBackward,
  scaleShiftForward,
  oneHot,
  sumForward,
  broadcastForward,
  transposeForward,
  cropForward,
  padForward,
  insertForward,
  gatherForward,
  gatherBackward,
  resampleForward,
  resampleBackward,
  resizeForward,
  resizeBackward,
  maxForward,
  minForward,
  argmax,
  argmin,
  castFromUint8,
  castFromInt32,
  castToInt32,
  castFromUint8Affine,
  randomUniform,
  randomNormal,
};

export const loopsFusions = fusionsOf(loops);

export const loopsScratchBytes: ScratchBytes = {
  matmulForward: matmulScratch,
  conv2dForward: conv2dForwardScratch,
  conv2dBias: conv2dForwardScratch,
  conv2dBiasAdd: conv2dForwardScratch,
  conv2dBiasAddRelu: conv2dForwardScratch,
  conv2dBiasRelu: conv2dForwardScratch,
  conv2dBiasReluMaxPool2d: conv2dBiasReluMaxPool2dScratch,
  conv2dMaxPool2dBackwardFilter: conv2dMaxPool2dBackwardFilterScratch,
  conv2dBackwardInput: conv2dBackwardInputScratch,
  conv2dTransposeForward: conv2dBackwardInputScratch,
  conv2dBackwardFilter: conv2dBackwardFilterScratch,
  biasBackward: biasBackwardScratch,
  averagePool2dForward: averagePool2dScratch,
  localResponseNormalizationBackward: localResponseNormalizationScratch,
  normalizationForward: normalizationScratch,
  normalizationBackward: normalizationScratch,
  normalizationRelu: normalizationScratch,
  normalizationReluBackward: normalizationScratch,
  normalizationAdd: normalizationScratch,
  normalizationAddRelu: normalizationScratch,
  normalizationAddReluBackward: normalizationScratch,
  sumForward: sumScratch,
};

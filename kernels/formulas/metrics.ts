import type { Family } from './formula.ts';

export const metrics = {
  categoricalAccuracy: {
    kind: 'rows',
    about:
      '1 where the first largest column of x is the first largest of the targets, else 0; 0 where these are zeros.',
    inputs: { x: 'matrix', targets: 'matrix' },
    outputs: { correct: 'perRow' },
    forward: 'correct = argmax(x) == argmax(targets) && largest(targets) > 0 ? 1 : 0',
  },
  binaryAccuracy: {
    kind: 'rows',
    about: 'The share of the columns in which the target is 1 and x above 0.5, or the target 0 and x not above.',
    inputs: { x: 'matrix', targets: 'matrix' },
    outputs: { correct: 'perRow' },
    forward: 'correct = mean((x > 0.5 ? 1 : 0) == targets ? 1 : 0)',
  },
} as const satisfies Family;

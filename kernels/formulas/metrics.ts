import type { Family } from './formula.ts';

export const metrics = {
  categoricalAccuracy: {
    kind: 'rows',
    about: '1 where the first largest column of x is the first largest column of the targets, else 0.',
    inputs: { x: 'matrix', targets: 'matrix' },
    outputs: { correct: 'perRow' },
    forward: 'correct = argmax(x) == argmax(targets) ? 1 : 0',
  },
  binaryAccuracy: {
    kind: 'rows',
    about: 'The share of the columns in which x lies on the same side of 0.5 as the targets.',
    inputs: { x: 'matrix', targets: 'matrix' },
    outputs: { correct: 'perRow' },
    forward: 'correct = mean((x > 0.5) == (targets > 0.5) ? 1 : 0)',
  },
} as const satisfies Family;

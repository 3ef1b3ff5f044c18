import { activations } from './activations.ts';
import { arithmetic } from './arithmetic.ts';
import type { Family } from './formula.ts';
import { losses } from './losses.ts';
import { metrics } from './metrics.ts';
import { optimizers } from './optimizers.ts';

/** Every formula, by the name of the file that its code goes to. */
export const families: { readonly [file: string]: Family } = { activations, arithmetic, losses, metrics, optimizers };

import type { SectionMaker } from '../section.ts';
import { activations } from './activations.ts';
import { embedding } from './embedding.ts';
import { filters } from './filters.ts';
import { network } from './network.ts';
import { profile } from './profile.ts';
import { saliency } from './saliency.ts';
import { weights } from './weights.ts';

/** What shows the inside of the network, in its order. */
export const insides: readonly SectionMaker[] = [network, filters, activations, saliency, embedding, weights, profile];

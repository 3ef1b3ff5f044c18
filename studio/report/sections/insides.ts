import type { SectionMaker } from '../section.ts';
import { network } from './network.ts';

/** What shows the inside of the network, in its order. */
export const insides: readonly SectionMaker[] = [network];

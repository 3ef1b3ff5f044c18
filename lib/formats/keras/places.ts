/** Where a layer stands: the group and the path of what it is in. */
export interface Place {
  readonly group: string;
  readonly path: string;
  readonly isFrozen: boolean;
}

/** The group of the layers within a model whose own group is given. */
export const inner = (group: string): string => (group === '' ? 'layers/' : `${group}/layers/`);

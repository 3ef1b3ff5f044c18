/** Names of options and classes, as Keras's files have them and as they are here. */

/** Options whose names do not follow from one another by their letters. */
const exceptions: { readonly [option: string]: string } = {
  adamBeta1: 'adam_beta_1',
  adamBeta2: 'adam_beta_2',
  beta1: 'beta_1',
  beta2: 'beta_2',
  beta2Decay: 'beta_2_decay',
  clipNorm: 'clipnorm',
  clipValue: 'clipvalue',
  epsilon1: 'epsilon_1',
  epsilon2: 'epsilon_2',
  globalClipNorm: 'global_clipnorm',
  keepDims: 'keepdims',
};
const inverse = new Map(Object.entries(exceptions).map(([ours, theirs]) => [theirs, ours]));

/** `kernelSize` -> `kernel_size`. */
export const kerasOption = (option: string): string =>
  Object.hasOwn(exceptions, option)
    ? exceptions[option]!
    : option.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

/** `kernel_size` -> `kernelSize`. */
export const optionOf = (option: string): string => inverse.get(option) ?? camelCase(option);

/** `truncated_normal` -> `truncatedNormal`. */
export const camelCase = (text: string): string =>
  text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `truncatedNormal` -> `truncated_normal`; the names of activations and of what files hold as texts. */
export const kerasText = (text: string): string => text.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

/** The name of the group in which Keras keeps what an object of that class holds, by the rule of its `to_snake_case`. */
export const groupName = (className: string): string =>
  className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();

/** `GlorotUniform` or `glorot_uniform` -> `glorotUniform`. */
export function factoryOf(className: string): string {
  const name = camelCase(className);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `glorotUniform` -> `GlorotUniform`. */
export const classOf = (factory: string): string => factory.charAt(0).toUpperCase() + factory.slice(1);

/** The names in a group, the second of one class with `_1`: how Keras tells those of one list apart. */
export class GroupNames {
  readonly #counts = new Map<string, number>();

  next(className: string): string {
    const name = groupName(className);
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  }
}

/** The weights of PyTorch programs, as `safetensors.torch` writes and reads a `state_dict`. */
import { FormatError, OptionError } from '../../errors.ts';
import { parametersOf } from '../../model/layer-node.ts';
import type { Sequential } from '../../model/sequential.ts';
import { formatShape, sameShape } from '../../shape/shape.ts';
import { Tensor } from '../../tensor/index.ts';
import { inFile } from '../architecture.ts';
import { decodeSafetensors, encodeSafetensors } from '../safetensors.ts';
import { setWeights } from '../set-weights.ts';
import { fromPyTorch, toPyTorch } from './layout.ts';
import { assignModules } from './matching.ts';
import { type FlattenOrder, type ModuleTensor, modulesOf, type PyTorchModule } from './modules.ts';

/** How the layers of a model are named in PyTorch, and in which order they are flattened there. */
export interface StateDictOptions {
  /**
   * The PyTorch module of a layer by the layer's path: `{ conv2d: 'features.0' }`. The convolutions of a separableConv2d
   * are `path/depthwise` and `path/pointwise`. A layer that is left out has its path, with dots: `block1.conv2d`.
   */
  readonly names?: { readonly [path: string]: string };
  /** `channelsFirst`, as `nn.Flatten` does on PyTorch's images, if left out. */
  readonly flattenOrder?: FlattenOrder;
}

export interface LoadStateDictOptions extends StateDictOptions {
  /** Named in messages. */
  readonly file?: string;
  /** Whether each layer must have its tensors and each tensor its layer; true if left out. */
  readonly strict?: boolean;
}

/** What a state_dict and a model do not have in common. */
export interface LoadedStateDict {
  /** Paths of layers that keep the weights they had. */
  readonly missing: readonly string[];
  /** Tensors of the file that belong to no layer. */
  readonly unexpected: readonly string[];
}

/**
 * Weights in PyTorch's layouts as the bytes of a safetensors file, for `model.load_state_dict(load_file(path))`:
 * convolutions [K, C, R, S], dense kernels [out, in], their inputs in the order [C, H, W] where images are flattened.
 * Throws OptionError that names the layer whose parameters no module of PyTorch holds.
 */
export async function encodeStateDict(model: Sequential, options: StateDictOptions = {}): Promise<Uint8Array> {
  const modules = named('encodeStateDict', model, options);
  const names = modules.map(({ key, name }) => [name, key] as const);
  const twice = names.find(([name], i) => names.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined) {
    throw new OptionError(`encodeStateDict: two layers have the name "${twice[0]}": give each a name of its own`);
  }
  const weights = await weightsByPath(model);
  const tensors = modules.flatMap(({ name, tensors }) =>
    tensors.map(each => [`${name}.${each.name}`, tensorOf(each, weights)] as const),
  );
  return encodeSafetensors({ tensors: Object.fromEntries(tensors), metadata: { format: 'pt' } });
}

/**
 * Sets a model's weights to those of a `state_dict` that `safetensors.torch.save_file` wrote. Layers and modules are
 * matched by `names` and paths; if no module has a layer's path as its name, by the shapes of their tensors, as far as
 * these leave no choice. Throws FormatError, and changes nothing, if they do not match; `num_batches_tracked` is passed
 * over.
 */
export async function loadStateDict(
  model: Sequential,
  content: ArrayBufferLike | ArrayBufferView,
  options: LoadStateDictOptions = {},
): Promise<LoadedStateDict> {
  const { file = 'state_dict', strict = true } = options;
  const modules = named('loadStateDict', model, options);
  const tensors = new Map(
    Object.entries(decodeSafetensors(content, file).tensors).filter(([name]) => !name.endsWith('num_batches_tracked')),
  );
  try {
    const assigned = assignModules(modules, tensors, options.names ?? {});
    const loaded = checkedMatch(modules, assigned, tensors, strict);
    const weights = await weightsByPath(model);
    for (const module of modules) {
      const name = assigned.get(module.key);
      for (const each of name === undefined ? [] : module.tensors) take(each, `${name}.${each.name}`, tensors, weights);
    }
    await setWeights(model, [...weights.values()], file);
    return loaded;
  } catch (error) {
    throw inFile(file, error);
  }
}

function named(caller: string, model: Sequential, { names = {}, flattenOrder = 'channelsFirst' }: StateDictOptions) {
  if (flattenOrder !== 'channelsFirst' && flattenOrder !== 'channelsLast') {
    throw new OptionError(
      `${caller}: flattenOrder must be 'channelsFirst' or 'channelsLast', got ${String(flattenOrder)}`,
    );
  }
  const modules = modulesOf(model.layers, flattenOrder);
  const keys = modules.map(({ key }) => key);
  const unknown = Object.keys(names).find(key => !keys.includes(key));
  if (unknown !== undefined) {
    throw new OptionError(
      `${caller}: names has "${unknown}", which is no layer with parameters; there are ${keys.join(', ')}`,
    );
  }
  return modules.map(module => ({ ...module, name: names[module.key] ?? module.key.replaceAll('/', '.') }));
}

async function weightsByPath(model: Sequential): Promise<Map<string, Tensor>> {
  const weights = await model.getWeights();
  return new Map(parametersOf(model.layers).map(({ path }, i) => [path, weights[i]!]));
}

function tensorOf(each: ModuleTensor, weights: ReadonlyMap<string, Tensor>): Tensor {
  if ('constant' in each) {
    const data = new Float32Array(each.shape.reduce((product, size) => product * size, 1)).fill(each.constant);
    return new Tensor(each.shape, 'float32', data);
  }
  return new Tensor(each.layout.shape, 'float32', toPyTorch(weights.get(each.path)!.data, each.layout));
}

function checkedMatch(
  modules: readonly PyTorchModule[],
  assigned: ReadonlyMap<string, string>,
  tensors: ReadonlyMap<string, Tensor>,
  strict: boolean,
): LoadedStateDict {
  const missing = modules.filter(({ key }) => !assigned.has(key)).map(({ key }) => key);
  const used = new Set(
    modules.flatMap(({ key, tensors: all }) => all.map(({ name }) => `${assigned.get(key) ?? ''}.${name}`)),
  );
  const unexpected = [...tensors.keys()].filter(name => !used.has(name));
  if (strict && missing.length + unexpected.length > 0) {
    const parts = [
      ...(missing.length > 0 ? [`there is nothing for the layers ${missing.join(', ')}`] : []),
      ...(unexpected.length > 0 ? [`no layer takes the tensors ${unexpected.join(', ')}`] : []),
    ];
    throw new FormatError(
      `${parts.join('; ')}; say which module a layer is by names: { path: 'module' }, or pass strict: false to load the rest`,
    );
  }
  return { missing, unexpected };
}

function take(each: ModuleTensor, name: string, tensors: ReadonlyMap<string, Tensor>, weights: Map<string, Tensor>) {
  const tensor = tensors.get(name);
  if (tensor === undefined) {
    // PyTorch leaves out what a module does without, as the layer does.
    if ('constant' in each) return;
    throw new FormatError(`there is no tensor "${name}", which the parameter "${each.path}" is to become`);
  }
  const shape = 'constant' in each ? each.shape : each.layout.shape;
  if (!sameShape(tensor.shape, shape)) {
    const of = 'constant' in each ? '' : ` of parameter "${each.path}"`;
    throw new FormatError(
      `tensor "${name}" has the shape ${formatShape(tensor.shape)}, expected ${formatShape(shape)}${of}`,
    );
  }
  if ('constant' in each) {
    if (tensor.data.every(value => value === each.constant)) return;
    const option = each.name === 'weight' ? 'scale' : 'center';
    throw new FormatError(`tensor "${name}" is not all ${each.constant}, but its layer has ${option}: false`);
  }
  const old = weights.get(each.path)!;
  weights.set(each.path, new Tensor(old.shape, 'float32', fromPyTorch(tensor.data, each.layout)));
}

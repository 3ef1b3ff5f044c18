import { FormatError } from '../../errors.ts';
import { sameShape } from '../../shape/shape.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { PyTorchModule } from './modules.ts';

type NamedModule = PyTorchModule & { readonly name: string };
type Tensors = ReadonlyMap<string, Tensor>;

/**
 * The module of the file for each layer, by the layer's key: by its name; or, where names are not given and the file has
 * none of the layers' own, by the shapes of the tensors. Throws FormatError where shapes leave a choice.
 */
export function assignModules(
  modules: readonly NamedModule[],
  tensors: Tensors,
  names: { readonly [key: string]: string },
): Map<string, string> {
  const there = modulesIn(tensors);
  const byName = modules.filter(({ name }) => there.has(name));
  if (byName.length > 0 || Object.keys(names).length > 0) {
    return new Map(byName.map(({ key, name }) => [key, name]));
  }
  return byShapes(modules, tensors, there);
}

/** The names of the modules of a file, each with the names of its tensors: `conv.weight` is `weight` of `conv`. */
function modulesIn(tensors: Tensors): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const name of tensors.keys()) {
    const dot = name.lastIndexOf('.');
    const module = name.slice(0, Math.max(dot, 0));
    found.set(module, (found.get(module) ?? new Set()).add(name.slice(dot + 1)));
  }
  return found;
}

function byShapes(modules: readonly NamedModule[], tensors: Tensors, there: Map<string, Set<string>>) {
  const assigned = new Map<string, string>();
  for (const module of modules) {
    const fitting = [...there].filter(([name, own]) => fits(module, name, own, tensors)).map(([name]) => name);
    const rivals = modules.filter(other => fitting.some(name => fits(other, name, there.get(name)!, tensors)));
    if (fitting.length > 1 || (fitting.length === 1 && rivals.length > 1)) {
      throw new FormatError(
        `the shapes do not tell which of the modules ${fitting.join(', ')} are the layers ${rivals.map(({ key }) => key).join(', ')}; say it by names: { '${rivals[0]!.key}': '${fitting[0]}', ... }`,
      );
    }
    if (fitting.length === 1) assigned.set(module.key, fitting[0]!);
  }
  return assigned;
}

/** Whether the module of the file has the layer's tensors, in their shapes, and no others. */
function fits(module: PyTorchModule, name: string, own: ReadonlySet<string>, tensors: Tensors): boolean {
  const known = module.tensors.map(each => each.name);
  if (![...own].every(each => known.includes(each))) return false;
  return module.tensors.every(each => {
    const shape = tensors.get(`${name}.${each.name}`)?.shape;
    if ('constant' in each) return shape === undefined || sameShape(shape, each.shape);
    return shape !== undefined && sameShape(shape, each.layout.shape);
  });
}

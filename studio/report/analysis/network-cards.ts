import type { Json, LayerNode, Sequential, TopologyNode } from 'inkling';

/** What a card stands for; it decides its colour. */
export type CardKind = 'convolution' | 'dense' | 'pooling' | 'normalization' | 'join' | 'other';

/** A layer of the drawing, with the small ones behind it. */
export interface Card {
  /** Of its last node: what other cards are fed with. */
  readonly id: string;
  /** The ids of the cards whose outputs it takes; `input` is the model's. */
  readonly inputs: readonly string[];
  readonly kind: CardKind;
  /** Conv2D 3×3, 64, relu */
  readonly title: string;
  /** The path of the layer. */
  readonly path: string;
  /** The layers behind it that keep the shape: BatchNormalization, ReLU. */
  readonly followers: readonly string[];
  /** Without the batch axis. */
  readonly outputShape: readonly number[];
  readonly parameters: number;
  /** The path of the model's own composite that it is part of, and what that is; undefined for a layer of the model itself. */
  readonly block: { readonly path: string; readonly className: string } | undefined;
}

/** The layers of a model as cards, in the order of computation: those without filters of their own join the card before. */
export function networkCards(model: Sequential): readonly Card[] {
  const nodes = model.topology();
  const consumers = new Map<string, number>();
  for (const { inputs } of nodes) for (const id of inputs) consumers.set(id, (consumers.get(id) ?? 0) + 1);
  const cards: Card[] = [];
  for (const node of nodes) {
    const layer = model.getLayer(node.path);
    const [before] = node.inputs;
    const at = node.inputs.length === 1 ? cards.findIndex(({ id }) => id === before) : -1;
    const host = cards[at];
    if (host !== undefined && consumers.get(before!) === 1 && isFollower(node, layer, host)) {
      cards[at] = {
        ...host,
        id: node.id,
        followers: [...host.followers, layer.className],
        parameters: host.parameters + ownParameters(layer),
      };
    } else cards.push(cardFor(model, node, layer));
  }
  return cards;
}

function isFollower({ path, outputShape }: TopologyNode, layer: LayerNode, host: Card): boolean {
  const isSmall = layer.children.length === 0 && layer.parameters.every(({ shape }) => shape.length < 2);
  const isSameBlock = host.block?.path === (path.includes('/') ? path.split('/')[0] : undefined);
  const keepsShape = outputShape.join() === host.outputShape.join();
  return isSmall && isSameBlock && keepsShape && kindOf(layer) !== 'pooling' && host.kind !== 'join';
}

const ownParameters = (layer: LayerNode): number =>
  layer.owner === layer
    ? layer.parameters.reduce((sum, { shape }) => sum + shape.reduce((size, axis) => size * axis, 1), 0)
    : 0;

function cardFor(
  model: Sequential,
  { id, path, inputs, outputShape, operations }: TopologyNode,
  layer: LayerNode,
): Card {
  const top = path.split('/')[0]!;
  const isInBlock = path !== top || layer.children.length > 0;
  const isJoin = layer.children.length > 0;
  return {
    ...{ id, inputs, path, outputShape, followers: [] },
    kind: isJoin ? 'join' : kindOf(layer),
    title: isJoin ? operations.join(', ') : titleOf(layer),
    parameters: ownParameters(layer),
    block: isInBlock ? { path: top, className: model.getLayer(top).className } : undefined,
  };
}

function kindOf({ className, layer }: LayerNode): CardKind {
  if (!('forward' in layer)) return 'join';
  if (className.includes('Conv')) return 'convolution';
  if (className.includes('Dense')) return 'dense';
  if (className.includes('Pooling')) return 'pooling';
  if (className.includes('Normalization') || className === 'Rescaling') return 'normalization';
  return 'other';
}

/** The class with the few options that tell most. */
function titleOf({ className, config }: LayerNode): string {
  if (config === undefined) return className;
  const { kernelSize, poolSize, filters, units, rate, strides, activation } = config;
  const size = sizeText(kernelSize ?? poolSize);
  const stride = kernelSize === undefined ? '' : strideText(strides);
  const count = [filters, units, rate].find(each => typeof each === 'number');
  const name = typeof activation === 'string' && activation !== 'linear' ? activation : undefined;
  const options = [count, stride === '' ? undefined : stride, name].filter(each => each !== undefined);
  return [className, size, options.join(', ')].filter(part => part !== '').join(' ');
}

const sizeText = (size: Json | undefined): string =>
  Array.isArray(size) ? size.join('×') : typeof size === 'number' ? `${size}×${size}` : '';

function strideText(strides: Json | undefined): string {
  const largest = Array.isArray(strides) ? Math.max(...strides.map(Number)) : Number(strides ?? 1);
  return largest > 1 ? `stride ${largest}` : '';
}

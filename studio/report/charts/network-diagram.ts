import type { Sequential } from 'inkling';
import { networkCards } from '../analysis/network-cards.ts';
import { networkLayout } from '../analysis/network-layout.ts';
import { formatCount } from '../format.ts';
import { NetworkDiagram } from '../pictures/network-diagram.ts';

/**
 * The model drawn: a card for each layer with the shape of its output and its parameters, ways between them, and frames
 * around blocks. Layers that only normalize, activate or drop out stand on the card of the one before them. Throws StateError
 * for a model without layers.
 */
export function networkDiagram(model: Sequential): NetworkDiagram {
  const nodes = model.topology();
  const segments = networkLayout(networkCards(model));
  const joins = nodes.filter(({ inputs }) => inputs.length > 1).length;
  const branches = joins === 0 ? 'one after the other' : `with ${joins} places where ways meet`;
  const shape = (axes: readonly number[]) => (axes.length === 0 ? 'a number' : axes.join('×'));
  const sizes = (path: string) => model.getLayer(path).parameters.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  return new NetworkDiagram({
    title: model.name,
    description: `${nodes.length} layers ${branches}, from ${shape(model.inputShape)} to ${shape(model.outputShape)}, with ${formatCount(model.countParams())} parameters.`,
    inputShape: model.inputShape,
    segments,
    table: {
      columns: ['Layer', 'Type', 'Takes', 'Output', 'Parameters'],
      rows: nodes.map(({ id, path, inputs, outputShape }) => [
        id,
        model.getLayer(path).className,
        inputs.join(', '),
        shape(outputShape),
        formatCount(sizes(path).reduce((sum, size) => sum + size, 0)),
      ]),
    },
  });
}

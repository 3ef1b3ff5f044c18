import { hashOf, train } from './train.ts';

const bytesOf = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(path)).arrayBuffer());

/** What a training gives, in a page or in a worker; and what the backend says of itself. */
export async function run(): Promise<{ readonly [name: string]: unknown }> {
  try {
    const model = await train(await bytesOf('/pixels'), await bytesOf('/labels'));
    return { ...model.backend.info(), hash: await hashOf(await model.getWeights()) };
  } catch (error) {
    return { error: String(error) };
  }
}

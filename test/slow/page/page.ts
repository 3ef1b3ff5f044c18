import { hashOf, train } from './train.ts';

const bytesOf = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(path)).arrayBuffer());

async function run(): Promise<object> {
  try {
    const model = await train(await bytesOf('/pixels'), await bytesOf('/labels'));
    return { ...model.backend.info(), hash: await hashOf(await model.getWeights()) };
  } catch (error) {
    return { error: String(error) };
  }
}

document.getElementById('result')!.textContent = JSON.stringify(await run());

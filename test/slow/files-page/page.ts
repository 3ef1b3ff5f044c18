import { ones } from 'inkling';
import { encodeFiles, loadModel, type ModelSource } from 'inkling/formats';

const outputOf = async (source: ModelSource, sha256?: string): Promise<number[]> => {
  const model = await loadModel(source, sha256 === undefined ? {} : { sha256 });
  return [...(await model.predict(ones([1, ...model.inputShape]))).data];
};

/** What the model gives, from wherever it comes. */
async function run(picked: FileList): Promise<object> {
  const sha256 = new URLSearchParams(location.search).get('sha256')!;
  const file = picked[0]!;
  const again = await encodeFiles(await loadModel(file), 'again.keras');
  return {
    address: await outputOf('digits.keras', sha256),
    kept: await outputOf('digits.keras', sha256),
    response: await outputOf(await fetch('digits.keras')),
    picked: await outputOf(picked),
    file: await outputOf(file),
    stream: await outputOf(file.stream()),
    again: await outputOf(again['again.keras']!),
  };
}

const input = document.getElementById('files') as HTMLInputElement;
input.onchange = async () => {
  const result = await run(input.files!).catch(error => ({ error: String(error) }));
  document.getElementById('result')!.textContent = JSON.stringify(result);
};

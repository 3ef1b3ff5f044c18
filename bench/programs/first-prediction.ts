/** Prints the milliseconds from the import of Inkling to the first prediction of model A, and from the start of Node. */
export {};

const start = performance.now();
const { digitModel } = await import('../digit-models.ts');
const { tensor } = await import('inkling');
const model = digitModel('A');
await model.predict(tensor(new Float32Array(28 * 28)).reshape([1, 28, 28, 1]));
const end = performance.now();
console.log(JSON.stringify({ backend: model.backend.name, sinceImport: end - start, sinceProcessStart: end }));

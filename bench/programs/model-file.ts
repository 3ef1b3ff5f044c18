/**
 * Saves full-width AlexNet into a file, or loads it from there: prints the milliseconds, and the most memory that the process
 * needed above that with the model alone, in bytes.
 */
import { alexnet, zeros } from 'inkling';
import { loadModel, saveModel } from 'inkling/node';

const [action, path = ''] = process.argv.slice(2);
// Loads all code, and makes what every model shares.
const model = alexnet({ seed: 1 });
await saveModel(alexnet({ width: 0.02, seed: 1 }), path.replace(/([^/]*)$/, 'small-$1'));
await loadModel(path.replace(/([^/]*)$/, 'small-$1'));
const parameterBytes = 4 * model.countParams();
// Weights are made when they are first needed.
if (action === 'save') await model.predict(zeros([1, 28, 28, 1]));
const before = process.resourceUsage().maxRSS * 1024;
const begin = performance.now();
const loaded = action === 'save' ? await saveModel(model, path) : await loadModel(path);
const milliseconds = performance.now() - begin;
const most = process.resourceUsage().maxRSS * 1024 - before - (loaded === undefined ? 0 : parameterBytes);
console.log(JSON.stringify({ milliseconds, most }));

/** Loads a file that was made to do harm; prints the error, the seconds, and the most memory that it took besides the file. */
import { loadModel } from '../../lib/formats/index.ts';
import { handMade } from '../formats/hand-made.ts';

const name = process.argv[2]!;
const bytes = handMade[name]!();
const before = process.resourceUsage().maxRSS;
const begin = performance.now();
const message = await loadModel(bytes, { file: name }).then(() => 'loaded', String);
const seconds = (performance.now() - begin) / 1000;
const megabytes = (process.resourceUsage().maxRSS - before) / 1000;
console.log(JSON.stringify({ message, seconds, megabytes }));

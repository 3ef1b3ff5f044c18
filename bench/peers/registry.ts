/** The other libraries, and what they need in the folder that `--peers` names. */
export interface Peer {
  readonly name: string;
  /** As people know it. */
  readonly title: string;
  readonly program: readonly [file: string, ...args: string[]];
  /** Distributions of Python; of alternatives, one is enough. */
  readonly python: readonly (readonly string[])[];
  /** Packages of npm. */
  readonly npm: readonly string[];
  /** Left out unless named: too slow for most runs. */
  readonly onlyNamed?: true;
}

const tensorflow = ['tensorflow_cpu', 'tensorflow'];
const tfjs = '@tensorflow/tfjs';

export const peers: readonly Peer[] = [
  { name: 'torch', title: 'PyTorch', program: ['torch_peer.py'], python: [['torch']], npm: [] },
  { name: 'keras', title: 'Keras', program: ['keras_peer.py'], python: [['keras'], tensorflow], npm: [] },
  {
    name: 'onnxruntime-node',
    title: 'onnxruntime-node',
    program: ['onnxruntime.mjs'],
    // PyTorch writes the ONNX files.
    python: [['torch'], ['onnx']],
    npm: ['onnxruntime-node'],
  },
  {
    name: 'tfjs-wasm',
    title: 'TensorFlow.js WASM',
    program: ['tfjs.mjs', 'wasm'],
    python: [],
    npm: [tfjs, '@tensorflow/tfjs-backend-wasm'],
  },
  {
    name: 'tfjs-cpu',
    title: 'TensorFlow.js CPU',
    program: ['tfjs.mjs', 'cpu'],
    python: [],
    npm: [tfjs],
    onlyNamed: true,
  },
];

/** Versions of what is installed, by the name of the distribution or package. */
export interface Installed {
  /** undefined: there is no Python. */
  readonly python: { readonly [name: string]: string } | undefined;
  readonly npm: { readonly [name: string]: string };
}

export interface Choice {
  readonly chosen: readonly Peer[];
  /** A line for each that is left out: why, and how to install it. */
  readonly leftOut: readonly string[];
}

/** The libraries asked for that are installed. Throws RangeError for an unknown name. */
export function choosePeers(folder: string, installed: Installed, names: readonly string[] | undefined): Choice {
  const all = peers.map(peer => peer.name);
  const unknown = names?.find(name => !all.includes(name));
  if (unknown !== undefined) throw new RangeError(`--peer ${unknown}: unknown; there are: ${all.join(', ')}`);
  const wanted = peers.filter(peer => names?.includes(peer.name) ?? peer.onlyNamed === undefined);
  const leftOut = wanted.map(peer => reasonAgainst(peer, folder, installed));
  return {
    chosen: wanted.filter((_, i) => leftOut[i] === undefined),
    leftOut: leftOut.filter(reason => reason !== undefined),
  };
}

function reasonAgainst(peer: Peer, folder: string, { python, npm }: Installed): string | undefined {
  if (peer.python.length > 0 && python === undefined) {
    const install = `python3 -m venv ${folder}/venv && ${folder}/venv/bin/pip install -r bench/peers/requirements.txt`;
    return `${peer.title} is left out: there is no Python in ${folder}/venv; install it with: ${install}`;
  }
  const distributions = peer.python.filter(names => !names.some(name => name in (python ?? {})));
  if (distributions.length > 0) {
    const missing = distributions.map(([name]) => name).join(' ');
    return `${peer.title} is left out: ${folder}/venv has no ${missing}; install it with: ${folder}/venv/bin/pip install ${missing}`;
  }
  const packages = peer.npm.filter(name => !(name in npm)).join(' ');
  if (packages === '') return undefined;
  return `${peer.title} is left out: ${folder} has no ${packages}; install it with: npm install --prefix ${folder} ${packages}`;
}

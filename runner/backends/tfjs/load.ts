/** Finds and loads the packages of TensorFlow.js: beside MedPEFT, or where `npm run setup:tfjs` puts them. Nothing else in the project loads them. */
import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { MedpeftError } from '../../errors';
import { nvidiaParts } from '../nvidia';
import type { TensorFlow } from './library';
import { type Flavor, tfjsFolder } from './place';

export type TfjsDevice = 'gpu' | 'cpu' | 'wasm' | 'js';

interface Source {
  /** What is loaded, the one with the operations first. */
  packages: readonly string[];
  /** Its name among TensorFlow.js's own backends. */
  backend: string;
  isNative: boolean;
  /** What the set-up may have installed that serves it, the best first. */
  flavors: readonly Flavor[];
}

export const sources: Readonly<Record<TfjsDevice, Source>> = {
  gpu: { packages: ['@tensorflow/tfjs-node-gpu'], backend: 'tensorflow', isNative: true, flavors: ['cuda', 'cpu'] },
  cpu: { packages: ['@tensorflow/tfjs-node'], backend: 'tensorflow', isNative: true, flavors: ['cpu', 'cuda'] },
  wasm: {
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
    backend: 'wasm',
    isNative: false,
    flavors: ['cpu', 'cuda'],
  },
  js: {
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
    backend: 'cpu',
    isNative: false,
    flavors: ['cpu', 'cuda'],
  },
};

export interface Loaded {
  tf: TensorFlow;
  /** Of the package, with TensorFlow's where it is native. */
  version: string;
}

/**
 * @param threads of one operation of a native package: it is told once, when the first of this process is loaded
 * @throws MP3101 if the packages are not there, do not load, or have no GPU where one is asked for
 */
export async function load(device: TfjsDevice, threads?: number): Promise<Loaded> {
  const { packages, backend, flavors } = sources[device];
  const from = find(packages.at(-1)!, flavors);
  prepare(device, threads);
  let tf: TensorFlow | undefined;
  for (const name of packages) {
    const loaded = required(from, name);
    tf ??= loaded as TensorFlow;
    if (device === 'wasm' && name !== packages[0])
      (loaded as { setWasmPaths(folder: string): void }).setWasmPaths(`${path.dirname(from.resolve(name))}/`);
  }
  // Else it greets whoever uses a plain backend in Node.
  tf!.enableProdMode();
  if (!(await tf!.setBackend(backend))) throw broken(device, `TensorFlow.js has no backend ${backend} here`);
  const { isUsingGpuDevice, binding } = tf!.backend();
  if (device === 'gpu' && !isUsingGpuDevice) throw noGpu(binding?.TF_Version ?? '');
  if (device === 'cpu' && isUsingGpuDevice)
    throw new MedpeftError(
      'MP3101',
      'device cpu of backend tfjs cannot be opened where device gpu is: TensorFlow is told once in a process what to use',
      'ask for one of them alone',
    );
  const version = `${tf!.version_core}${binding ? `, TensorFlow ${binding.TF_Version}` : ''}`;
  return { tf: tf!, version };
}

/** Whether the packages of a device are there; nothing is loaded. */
export function isInstalled(device: TfjsDevice): boolean {
  const { packages, flavors } = sources[device];
  return folderOf(packages.at(-1)!, flavors) !== undefined;
}

type Require = ReturnType<typeof createRequire>;

/** A `require` of the first folder that has the package. */
function folderOf(name: string, flavors: readonly Flavor[]): Require | undefined {
  const folders = [import.meta.dirname, ...flavors.map((flavor) => tfjsFolder(flavor))];
  for (const folder of folders) {
    const from = createRequire(path.join(folder, 'index.js'));
    try {
      from.resolve(name);
      return from;
    } catch {}
  }
  return undefined;
}

function find(name: string, flavors: readonly Flavor[]): Require {
  const found = folderOf(name, flavors);
  if (found) return found;
  throw new MedpeftError(
    'MP3101',
    `backend tfjs needs the package ${name}, which is not installed`,
    '`npm run setup:tfjs` in the folder of MedPEFT installs it for all devices of this backend (docs/backends.md)',
    name,
  );
}

function required(from: Require, name: string): unknown {
  try {
    return from(name);
  } catch (cause) {
    throw broken(name, (cause as Error).message, cause);
  }
}

function broken(what: string, reason: string, cause?: unknown): MedpeftError {
  return new MedpeftError(
    'MP3101',
    `backend tfjs: ${what} is installed and cannot be loaded: ${reason.split('\n')[0]}`,
    'it may be built for another system, or its libraries are gone: `npm run setup:tfjs` tests and repairs what it installed; packages that you installed yourself: `npm rebuild`',
    what,
    { cause },
  );
}

/** Where the machine tells nothing that is missing, TensorFlow or a library is without CUDA. */
function noGpu(version: string): MedpeftError {
  const missing = nvidiaParts().find(({ found }) => found === undefined);
  const hint = missing
    ? `${missing.name}: ${missing.hint}`
    : 'CUDA_VISIBLE_DEVICES must not hide it, and the libraries of CUDA 12 and cuDNN 9 must be on the library path';
  return new MedpeftError(
    'MP3101',
    `device gpu of backend tfjs: TensorFlow ${version} found no GPU that it can use`,
    `${hint}. TensorFlow with CUDA comes by \`npm run setup:tfjs -- --cuda\`. Or use device cpu`,
  );
}

/** What TensorFlow and its package look at when they are loaded. */
function prepare(device: TfjsDevice, threads: number | undefined): void {
  // The package still calls two functions that Node 23 removed from `util`.
  const old = util as { isArray?: unknown; isNullOrUndefined?: unknown };
  old.isArray ??= Array.isArray;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  if (device === 'cpu') process.env.CUDA_VISIBLE_DEVICES = '-1';
  // TensorFlow would take all of the GPU's memory, whatever it needs.
  if (device === 'gpu') process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
}

/** What onnxruntime's CUDA needs, and what of it is here: driver, GPU, onnxruntime's own library, NVIDIA's. Nothing is loaded. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export interface CudaPart {
  name: string;
  /** What was found; absent if it is missing. */
  found?: string;
  /** What makes it be there. */
  hint: string;
}

/** What is asked of a machine. */
export interface CudaMachine {
  /** Standard output of a program; undefined if it is not here or fails. */
  ask(program: string, args: readonly string[]): string | undefined;
  /** Folder of onnxruntime's libraries. */
  folder(): string | undefined;
  exists(file: string): boolean;
}

const thisMachine: CudaMachine = {
  ask(program, args) {
    try {
      return execFileSync(program, args, { encoding: 'utf8', timeout: 5_000, stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      return undefined;
    }
  },
  folder() {
    try {
      const main = createRequire(__filename).resolve('onnxruntime-node');
      return path.join(main, '../../bin/napi-v6', process.platform, process.arch);
    } catch {
      return undefined;
    }
  },
  exists: existsSync,
};

/** CUDA 12's minor versions all run on this driver or a later one. Source: CUDA Compatibility, table 1. */
const leastDriver = 525;
const libraries = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcurand.so.10',
  'libcudnn.so.9',
];

/** On Linux x64, where onnxruntime has CUDA. */
export function cudaParts({ ask, folder, exists }: CudaMachine = thisMachine): CudaPart[] {
  const listed = ask('nvidia-smi', ['--query-gpu=driver_version,name,memory.total', '--format=csv,noheader']);
  const gpus = (listed ?? '').trim().split('\n').filter(Boolean);
  const driver = gpus[0]?.split(',')[0]?.trim();
  const isNew = driver !== undefined && Number.parseInt(driver, 10) >= leastDriver;
  const at = folder();
  const own = 'libonnxruntime_providers_cuda.so';
  const loadable = ask('ldconfig', ['-p']) ?? ask('/sbin/ldconfig', ['-p']) ?? '';
  const paths = (process.env.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean);
  const isHere = (library: string) =>
    loadable.includes(library) || paths.some((one) => exists(path.join(one, library)));
  const missing = libraries.filter((library) => !isHere(library));
  return [
    {
      name: 'NVIDIA driver',
      ...(isNew && { found: driver }),
      hint: `${driver === undefined ? '`nvidia-smi` does not answer' : `${driver} is too old for CUDA 12`}: install driver ${leastDriver} or later (\`sudo apt-get install nvidia-driver\`), and start the machine again`,
    },
    {
      name: 'NVIDIA GPU',
      ...(gpus.length > 0 && { found: gpus.map((gpu) => gpu.split(',').slice(1).join(',').trim()).join('; ') }),
      hint: '`nvidia-smi` lists none; in a container it needs `--gpus all`',
    },
    {
      name: "onnxruntime's CUDA library",
      ...(at !== undefined && exists(path.join(at, own)) && { found: path.join(at, own) }),
      hint: '`node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12` fetches it',
    },
    {
      name: 'CUDA 12 and cuDNN 9',
      ...(missing.length === 0 && { found: libraries.join(', ') }),
      hint: `${missing.join(', ')} cannot be loaded: \`sudo apt-get install cuda-libraries-12-9 cudnn9-cuda-12\` from NVIDIA's repository (https://developer.nvidia.com/cuda-downloads), or put their folder into LD_LIBRARY_PATH`,
    },
  ];
}

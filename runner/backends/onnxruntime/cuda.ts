/** What onnxruntime's CUDA needs, and what of it is here: a GPU, onnxruntime's own library, NVIDIA's. Nothing is loaded. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Machine, nvidiaParts, type Part, thisMachine } from '../nvidia';

const libraries = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcurand.so.10',
  'libcudnn.so.9',
];

/** Folder of onnxruntime's libraries. */
function folder(): string | undefined {
  try {
    const main = createRequire(__filename).resolve('onnxruntime-node');
    return path.join(main, '../../bin/napi-v6', process.platform, process.arch);
  } catch {
    return undefined;
  }
}

/** On Linux x64, where onnxruntime has CUDA. @param at the folder of onnxruntime's libraries */
export function cudaParts(machine: Machine = thisMachine, at = folder()): Part[] {
  const own = 'libonnxruntime_providers_cuda.so';
  const { ask, exists } = machine;
  const loadable = ask('ldconfig', ['-p']) ?? ask('/sbin/ldconfig', ['-p']) ?? '';
  const paths = (process.env.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean);
  const isHere = (library: string) =>
    loadable.includes(library) || paths.some((one) => exists(path.join(one, library)));
  const missing = libraries.filter((library) => !isHere(library));
  return [
    ...nvidiaParts(machine),
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

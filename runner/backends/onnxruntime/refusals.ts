/** Why onnxruntime or one of its devices cannot be used, from what the package, the loader and the drivers say: what is wrong, and what to do. */
import { MedpeftError } from '../../errors';

interface Refusal {
  says: RegExp;
  what: string;
  hint: string;
}

const cudaFiles = 'node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12';

/** In order: the first that fits is told. Sources of the words: Node (dlopen, MODULE_NOT_FOUND), glibc's loader, CUDA's cudaError_t texts, Dawn, onnxruntime. */
const refusals: readonly Refusal[] = [
  {
    says: /cannot find (module|package) '?onnxruntime-node'?/i,
    what: 'the package onnxruntime-node is not installed',
    hint: '`npm ci` in the folder of MedPEFT installs it',
  },
  {
    says: /NODE_MODULE_VERSION|was compiled against a different Node/i,
    what: 'onnxruntime-node was built for another Node',
    hint: 'install it again with the Node that runs MedPEFT (`medpeft doctor` names it): `rm -rf node_modules && npm ci`',
  },
  {
    says: /invalid ELF header|wrong ELF class|incompatible architecture|not a valid Win32 application|mach-o/i,
    what: 'onnxruntime-node was installed for another system or processor',
    hint: 'do not copy node_modules between machines: `rm -rf node_modules && npm ci` here',
  },
  {
    says: /GLIBC(XX)?_[\d.]+' not found/i,
    what: 'the C library of this system is too old for onnxruntime-node',
    hint: 'it needs glibc 2.28 or later (Debian 10, Ubuntu 20.04, RHEL 8): use a newer system or a container',
  },
  {
    says: /driver version is insufficient|CUDA_ERROR_SYSTEM_DRIVER_MISMATCH|forward compatibility was attempted/i,
    what: 'the NVIDIA driver is too old for CUDA 12',
    hint: 'install driver 525 or later and start the machine again; `nvidia-smi` shows the version',
  },
  {
    says: /devices? (is|are) (all )?busy|busy or unavailable|exclusive.?(process|thread)/i,
    what: 'the GPU is in use by another process',
    hint: '`nvidia-smi` shows whose; wait, or choose another GPU with CUDA_VISIBLE_DEVICES=1',
  },
  {
    says: /permission denied|operation not permitted|EACCES|not authorized/i,
    what: 'this user may not use the GPU',
    hint: 'the device files are /dev/nvidia* and /dev/dri/renderD*: `sudo usermod -aG render,video $USER`, then log in again; a container needs `--gpus all` or `--device /dev/dri`',
  },
  {
    says: /no CUDA-capable device|no CUDA devices|invalid device ordinal/i,
    what: 'CUDA finds no GPU',
    hint: '`nvidia-smi` must list one, and CUDA_VISIBLE_DEVICES must not hide it; `--device webgpu` takes the GPU of any vendor',
  },
  {
    says: /lib(cublas\w*|cudnn\w*|cudart|cufft|curand)\.so[.\d]*: cannot open|(cublas|cudnn|cudart)\w*\.dll/i,
    what: 'libraries of CUDA 12 or cuDNN 9 are missing',
    hint: 'install the packages cuda-libraries-12 and cudnn9-cuda-12 of NVIDIA, or put their folder into LD_LIBRARY_PATH',
  },
  {
    says: /libonnxruntime_providers_(shared|cuda)|ExecutionProvider_Cuda: Failed to load|cuda\] backend not found/i,
    what: "onnxruntime's CUDA library is not installed",
    hint: `\`${cudaFiles}\` fetches it (Linux x64; 500 MB from the network); \`--device webgpu\` needs nothing more`,
  },
  {
    says: /failed to get a WebGPU adapter|no supported adapters|requestadapter/i,
    what: 'no GPU that WebGPU could use was found',
    hint: 'on Linux install the Vulkan loader and a driver: `sudo apt-get install libvulkan1 mesa-vulkan-drivers` (AMD, Intel), or the driver of NVIDIA; `vulkaninfo --summary` must list the GPU',
  },
];

/** @returns MP3101 with the reason and what to do; for words that nobody knows, with the words. */
export function refusal(device: string, cause: unknown): MedpeftError {
  const words = cause instanceof Error ? cause.message : String(cause);
  const known = refusals.find(({ says }) => says.test(words));
  const first = words.split('\n').find((line) => line.trim() !== '') ?? '';
  return new MedpeftError(
    'MP3101',
    `device ${device} of backend onnxruntime cannot be used: ${known?.what ?? first}`,
    `${known?.hint ?? '`medpeft doctor` says what is here'}; or choose another device`,
    undefined,
    { cause },
  );
}

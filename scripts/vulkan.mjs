// Where the tests of WebGPU find a Vulkan device: what VK_DRIVER_FILES names, or SwiftShader, a software one that comes with Debian's chromium.
import { existsSync } from 'node:fs';
import path from 'node:path';

const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

/** The environment in which onnxruntime finds it; elsewhere than on Linux the system's own way is taken. */
export function vulkanEnvironment() {
  if (process.platform !== 'linux') return {};
  return {
    VK_DRIVER_FILES: process.env.VK_DRIVER_FILES ?? SWIFTSHADER,
    XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? '/tmp',
  };
}

/** Whether the loader that finds Vulkan's drivers is here. */
export const hasLoader = () =>
  process.platform !== 'linux' || FOLDERS.some((folder) => existsSync(path.join(folder, 'libvulkan.so.1')));

/** Why WebGPU cannot be tested here, with the command that would make it so; undefined when it can. */
export function problem() {
  if (process.platform !== 'linux') return undefined;
  const missing = [
    ...(hasLoader() ? [] : ['libvulkan1']),
    ...(existsSync(vulkanEnvironment().VK_DRIVER_FILES) ? [] : ['chromium']),
  ];
  if (missing.length === 0) return undefined;
  return `WebGPU needs ${missing.join(', ')}; install with: sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`;
}

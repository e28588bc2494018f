/** WebGPU for tests: the GPU that Vulkan finds, or SwiftShader, the software one that Debian's chromium brings. */
import { describe, it } from 'vitest';
// plain JavaScript, since the set-up uses it before anything is built
import { problem, vulkanEnvironment } from '../scripts/vulkan.mjs';

/** A suite that needs WebGPU: skipped, with its name saying so, where there is none; a failure in CI. */
export function describeWebGpu(name: string, suite: () => void): void {
  const missing = problem();
  if (missing !== undefined && process.env.CI) throw new Error(`${missing}; in CI these tests may not be skipped`);
  if (missing === undefined) Object.assign(process.env, vulkanEnvironment());
  describe(name, missing === undefined ? suite : () => it.skip(missing));
}

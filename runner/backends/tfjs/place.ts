/** What `npm run setup:tfjs` installs, and where: outside of the project, so that `npm ci` neither fetches nor removes it. */
import os from 'node:os';
import path from 'node:path';

export const tfjsVersion = '4.22.0';
/** Of the libraries that the native packages are compiled against. */
export const tensorflowVersion = '2.21.0';

/** Libraries without CUDA (274 MB to fetch), or with it (573 MB), which need an NVIDIA driver and the CUDA libraries. */
export type Flavor = 'cpu' | 'cuda';

/** MEDPEFT_TFJS, or a folder for these versions in the user's cache. */
export function tfjsFolder(flavor: Flavor, environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.MEDPEFT_TFJS) return environment.MEDPEFT_TFJS;
  const caches =
    environment.XDG_CACHE_HOME ?? path.join(os.homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  return path.join(caches, 'medpeft', `tfjs-${tfjsVersion}-tensorflow-${tensorflowVersion}-${flavor}`);
}

import { type Backend, openBackend, type Placed } from '../../../runner/backends';
import type { Program } from '../../../runner/programs/types';

/** onnxruntime on one thread that tells of each run before it begins. */
export async function watchedBackend(
  onRun: (program: Program, feeds: Record<string, Placed>) => void,
): Promise<Backend> {
  const real = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  return {
    ...real,
    async compile(program) {
      const executable = await real.compile(program);
      return {
        ...executable,
        run(feeds) {
          onRun(program, feeds);
          return executable.run(feeds);
        },
      };
    },
  };
}

import path from 'node:path';
import { expect, it } from 'vitest';
import { createRun, watchRuns } from '../../../runner/runs';
import { manifest, temporaryFolder } from './fixture';

it('a run that appears and goes on is told, in an output folder that is made later', async () => {
  const dir = path.join(temporaryFolder(), 'runs');
  let told = (_folders: string[]) => {};
  const next = () => new Promise<string[]>((resolve) => (told = resolve));
  const appeared = next();
  const stop = watchRuns(dir, (folders) => told(folders));
  const folder = path.join(dir, manifest.run);
  const run = await createRun(folder, manifest);
  expect(await appeared).toContain(folder);
  const changed = next();
  run.append({ type: 'run_started', run: manifest.run, total_steps: 1, trainable: 1 });
  expect(await changed).toEqual([folder]);
  await run.close();
  await stop();
});

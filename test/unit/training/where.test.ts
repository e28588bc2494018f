/** Where a run is computed that names no device: what its own folder and its neighbours' say. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runFiles } from '../../../runner/runs';
import { manifestOf } from '../../../runner/training/manifest';
import { keptChoice } from '../../../runner/training/where';
import { temporaryFolder } from '../runs/fixture';
import { fakeRun } from './fake';

interface Begun {
  id: string;
  device: string;
  automatic?: true;
  spec?: string;
}

/** An output folder with these runs. */
function output(...runs: Begun[]): string {
  const folder = temporaryFolder();
  for (const { id, device, automatic, spec } of runs) {
    const run = { ...fakeRun(folder), id, ...(spec && { specFile: spec }) };
    const manifest = manifestOf(run, {
      counts: { trainable: 0, base_total: 1, added: 0, percent: 0, tensors: 0 },
      splits: {},
      environment: { backend: 'tfjs', device, backend_version: '1', threads: 1, host: 'here', node: '20' },
      choice: { backend: 'tfjs', device, reason: `${id} was first`, automatic },
    });
    mkdirSync(path.join(folder, id));
    writeFileSync(path.join(folder, id, runFiles.manifest), JSON.stringify(manifest));
  }
  return folder;
}

const named: Begun = { id: 'a', device: 'wasm' };
const chosen: Begun = { id: 'b', device: 'cpu', automatic: true };

describe('a run that names no device', () => {
  it.each([
    ['has no earlier choice in an empty folder', [], undefined],
    ['keeps its own, by whatever it was made', [chosen, { ...named, id: 'own' }], 'wasm'],
    ['keeps to its neighbours', [named, chosen], 'cpu'],
    ['does not take what was named for a neighbour', [named], undefined],
    ['does not take what was chosen for another spec', [{ ...chosen, spec: '/other.medpeft.json' }], undefined],
  ])('%s', (_, runs, device) => {
    expect(keptChoice({ ...fakeRun(output(...runs)), id: 'own' })?.device).toBe(device);
  });

  it('one that names a device keeps to nothing', () => {
    const run = fakeRun(output(chosen));
    expect(keptChoice({ ...run, runtime: { ...run.runtime, device: 'cpu' } })).toBeUndefined();
  });

  it('a damaged neighbour says nothing', () => {
    const folder = output(named, chosen);
    writeFileSync(path.join(folder, 'a', runFiles.manifest), '{');
    expect(keptChoice({ ...fakeRun(folder), id: 'own' })?.device).toBe('cpu');
  });
});

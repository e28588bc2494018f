import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { type SpecPlace, specOfRun } from '../../../runner/runs';
import { outputDirIfThere } from '../../../runner/spec';
import { manifest, temporaryFolder } from './fixture';

const file = '/w/a.medpeft.json';
const own: SpecPlace = { file, outputDir: '/w/runs', name: 'rates' };
const other: SpecPlace = { file: '/w/other.medpeft.json', outputDir: '/w/runs', name: 'other' };
const renamed: SpecPlace = { ...own, file: '/w/b.medpeft.json' };
const copy: SpecPlace = { file: '/v/a.medpeft.json', outputDir: '/v/runs', name: 'rates' };

/** Specs outside of the workspace: file -> output folder. */
type Elsewhere = Record<string, string>;

it.each<[string, string, readonly SpecPlace[], Elsewhere, string]>([
  ['its own', '/w/runs', [own, other], {}, file],
  ['its own, which nobody looked for', '/w/runs', [], {}, file],
  [
    'its own outside, not the one here that writes into the same folder',
    '/w/runs',
    [other],
    { [file]: '/w/runs' },
    file,
  ],
  [
    'its own outside, not another of the same file name',
    '/s/runs',
    [{ ...copy, outputDir: '/s/runs' }],
    { [file]: '/s/runs' },
    file,
  ],
  ['the renamed one', '/w/runs', [renamed], {}, renamed.file],
  ['the renamed one, by its name among two', '/w/runs', [renamed, other], {}, renamed.file],
  ['the only one that writes there', '/w/runs', [other, copy], {}, other.file],
  ['its own that is gone, where two might be it', '/w/runs', [{ ...renamed, name: 'x' }, other], {}, file],
  ['the copy on another machine', '/v/runs', [copy, { ...other, outputDir: '/v/runs' }], {}, copy.file],
  ['the copy beside the original', '/v/runs', [own, copy], {}, copy.file],
  ['the copy of what lies outside', '/v/runs', [copy], { [file]: '/w/runs' }, copy.file],
  ['its own, whose output folder is another by now', '/w/old', [own, { ...other, outputDir: '/w/old' }], {}, file],
])('is %s', (_what, dir, specs, elsewhere, owner) => {
  const run = { folder: `${dir}/x`, manifest: { ...manifest, spec: { file, name: 'rates' } } };
  expect(specOfRun(run, specs, (one) => elsewhere[one])).toBe(owner);
});

it('is the copy also of what Windows wrote', () => {
  const spec = { file: 'C:\\work\\a.medpeft.json', name: 'rates' };
  const beside = { ...other, outputDir: copy.outputDir };
  const run = { folder: '/v/runs/x', manifest: { ...manifest, spec } };
  expect(specOfRun(run, [beside, copy], () => undefined)).toBe(copy.file);
});

it('is none for a manifest that names none', () => {
  expect(specOfRun({ folder: '/w/runs/x', manifest }, [own], () => undefined)).toBeUndefined();
});

it('a spec that a manifest names is read if it is a file of this machine', () => {
  const folder = temporaryFolder();
  const spec = path.join(folder, 'a.medpeft.json');
  // broken elsewhere
  writeFileSync(spec, '{ "version": 1, "modls": {}, "runtime": { "output_dir": "../out" } }');
  mkdirSync(path.join(folder, 'folder'));
  expect(outputDirIfThere(spec)).toBe(path.resolve(folder, '../out'));
  for (const name of [`${folder}/gone.json`, `${folder}/folder`, 'package.json', '/dev/zero', `/${spec}`])
    expect(outputDirIfThere(name)).toBeUndefined();
});

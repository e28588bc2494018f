import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { manifestOf } from '../../../runner/training/manifest';
import { plannedHere } from '../../../runner/training/moved';
import { temporaryFolder } from '../runs/fixture';
import { fakeRun } from './fake';

interface Moved {
  /** As the manifest names them. */
  spec: string;
  model: string;
  data: string;
  images?: string;
  /** Files and folders that there are now, below a folder of its own, and of specs the output folder that they name. */
  there: Record<string, string | undefined>;
  /** What the run is gone on with, below that folder or as in the manifest. */
  now: { spec: string; model: string; data: string; images?: string };
}

const [spec, model, data] = ['/old/w/a.medpeft.json', '/old/w/model', '/old/shared/rad'];
const windows = { spec: 'C:\\w\\a.medpeft.json', model: 'C:\\w\\models\\tiny', data: 'D:\\rad' };

it.each<[string, Moved]>([
  ['nothing was moved to where a spec writes', { spec, model, data, there: {}, now: { spec, model, data } }],
  [
    'all of a project was moved, and what lies beside it',
    {
      ...{ spec, model, data, images: '/old/w/images' },
      there: { 'w/a.medpeft.json': 'runs', 'w/model': undefined, 'w/images': undefined, 'shared/rad': undefined },
      now: { spec: 'w/a.medpeft.json', model: 'w/model', data: 'shared/rad', images: 'w/images' },
    },
  ],
  [
    'data lie elsewhere, and stay there',
    {
      ...{ spec, model, data },
      there: { 'w/a.medpeft.json': 'runs', 'w/model': undefined },
      now: { spec: 'w/a.medpeft.json', model: 'w/model', data },
    },
  ],
  [
    'the spec was renamed, too',
    {
      ...{ spec, model, data },
      there: { 'w/b.medpeft.json': 'runs', 'w/other.medpeft.json': 'elsewhere', 'w/model': undefined },
      now: { spec: 'w/b.medpeft.json', model: 'w/model', data },
    },
  ],
  [
    'the spec stands in a folder beside that of its runs',
    {
      ...{ spec: '/old/w/specs/a.medpeft.json', model, data },
      there: { 'w/specs/a.medpeft.json': '../runs', 'w/model': undefined },
      now: { spec: 'w/specs/a.medpeft.json', model: 'w/model', data },
    },
  ],
  [
    'it comes from Windows',
    {
      ...windows,
      there: { 'w/a.medpeft.json': 'runs', 'w/models/tiny': undefined },
      now: { spec: 'w/a.medpeft.json', model: 'w/models/tiny', data: windows.data },
    },
  ],
])('a run goes on where it lies now: %s', (_what, { spec, model, data, images, there, now }) => {
  const folder = temporaryFolder();
  const outputDir = path.join(folder, 'w/runs');
  for (const [name, output] of Object.entries(there)) {
    mkdirSync(path.join(folder, output === undefined ? name : path.dirname(name)), { recursive: true });
    if (output !== undefined)
      writeFileSync(path.join(folder, name), JSON.stringify({ version: 1, runtime: { output_dir: output } }));
  }
  const run = {
    ...fakeRun(outputDir),
    specFile: spec,
    model: { family: 'miss' as const, path: model },
    datasets: { rad: { format: 'vqa_rad' as const, path: data, ...(images && { image_folder: images }) } },
  };
  const planned = plannedHere({ folder: path.join(outputDir, run.id), manifest: manifestOf(run) });
  const at = (place: string) => (place in there ? path.join(folder, place) : place);
  expect(planned).toEqual({
    ...run,
    specFile: at(now.spec),
    model: { ...run.model, path: at(now.model) },
    datasets: { rad: { format: 'vqa_rad', path: at(now.data), ...(now.images && { image_folder: at(now.images) }) } },
  });
});

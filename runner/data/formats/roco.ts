/**
 * ROCO (Pelka et al. 2018): `test/radiology/captions.txt` and the like, a line each: id, TAB, caption with a blank before it. `licences.txt`
 * beside it names the licence of each image, `dlinks.txt` its source; licences differ by image, so they are a field to filter by. The splits
 * `train`, `validation`, `test` are the radiology images, `…_non_radiology` the others.
 */
import { firstOf, type Source } from '../source';
import { rowsOf } from './delimited';
import type { Format } from './format';
import { linesOf } from './json_stream';
import { bad, clean, good } from './values';

const parts = ['train', 'validation', 'test'];
const other = '_non_radiology';

export const roco: Format = {
  id: 'roco',
  summary:
    'ROCO: captions.txt with licences.txt in train/, validation/ and test/; captions are reports without sections',
  kinds: ['report'],
  splits: [...parts, ...parts.map((part) => part + other)],
  fields: ['id', 'licence', 'pmc_id', 'split'],
  imageFolders: [''],
  filesOf: async (split, source) => [await firstOf(source, [`${folderOf(split)}/captions.txt`])],
  async *read(split, [file], source) {
    const folder = folderOf(split);
    const licences = await readLicences(source, `${folder}/licences.txt`);
    for await (const { text, line } of linesOf(source.text(file!))) {
      if (text.trim() === '') continue;
      const tab = text.indexOf('\t');
      const id = clean(text.slice(0, Math.max(tab, 0))) || `line ${line}`;
      const caption = tab < 0 ? '' : clean(text.slice(tab + 1));
      if (tab < 0) yield bad(id, 'the line has no TAB between id and caption');
      else if (!caption) yield bad(id, 'the caption is empty');
      else
        yield good({
          kind: 'report',
          id,
          images: [{ image: `${folder}/images/${id}.jpg` }],
          sections: {},
          report: caption,
          fields: { id, split, ...licences.get(id) },
        });
    }
  },
};

function folderOf(split: string): string {
  return split.endsWith(other) ? `${split.slice(0, -other.length)}/non-radiology` : `${split}/radiology`;
}

/** By id; a file that is not there leaves the fields out, and a filter by licence then keeps nothing. */
async function readLicences(source: Source, name: string): Promise<Map<string, { licence: string; pmc_id: string }>> {
  const licences = new Map<string, { licence: string; pmc_id: string }>();
  if (!(await source.has(name))) return licences;
  // Licences repeat: one string each is kept, not one an image.
  const words = new Map<string, string>();
  for await (const { cells } of rowsOf(source, name, { required: ['ROCO_ID', 'PMC_ID', 'CC'] })) {
    const licence = clean(cells.CC);
    if (!words.has(licence)) words.set(licence, licence);
    licences.set(clean(cells.ROCO_ID), {
      licence: words.get(licence)!,
      pmc_id: clean(cells.PMC_ID).split('_')[0]!,
    });
  }
  return licences;
}

/** The same weights under the names of another code: every tensor finds its place, and the model computes the same loss. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readHeader, readTensor } from '../models/safetensors';
import { compare, excess, skipped, tolerances } from './compare';
import { exact } from './counts';
import { type ModelFolder, modelFolders, readBatch, readJson, targetTokens } from './folders';
import { hfLoss, withModel } from './models';
import type { ParityCase, ParityContext } from './types';

/** Family that reads the names of a folder, by the family of the model with the same weights. */
const otherFamily: Readonly<Record<string, string>> = { blip_vqa: 'miss', llava: 'llava' };

export async function* names({ root, ...on }: ParityContext): AsyncIterable<ParityCase> {
  const models = modelFolders(root);
  const others = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(root, entry.name, 'model.safetensors')))
    .map(({ name }) => ({ name, folder: path.join(root, name) }))
    .filter(({ folder }) => !existsSync(path.join(folder, 'config.json')));
  for (const other of others) {
    const { original, mapped } = originalOf(other.folder, models) ?? {};
    if (!original || !mapped) {
      yield skipped(`${other.name}/names`, 'no supported model of the folder has these weights');
      yield skipped(`${other.name}/loss`, 'no supported model of the folder has these weights');
      continue;
    }
    // The folder lacks a config.json: the model of the same weights gives its own.
    const folder = mkdtempSync(path.join(tmpdir(), 'medpeft-parity-'));
    try {
      copyFileSync(path.join(original.folder, 'config.json'), path.join(folder, 'config.json'));
      copyFileSync(path.join(other.folder, 'model.safetensors'), path.join(folder, 'model.safetensors'));
      const header = readHeader(path.join(original.folder, 'model.safetensors'));
      const batch = readBatch(original.folder, 'mb0');
      const family = otherFamily[original.family!]!;
      yield* await withModel(
        { folder, family },
        on,
        () => false,
        async (model) => {
          const wrong = model.parameters.filter(
            ({ name }) =>
              !mapped.has(name) ||
              excess(
                { name, actual: model.tensor(name), expected: readTensor(header, mapped.get(name)!) },
                { relative: 1 },
              ) > 0,
          );
          const loss = await model.loss(batch, hfLoss, targetTokens(batch));
          const { loss: expected } = readJson<{ loss: number }>(original.folder, 'forward.json');
          return [
            exact(
              `${other.name}/names`,
              wrong.map(({ name }) => `${name} is not ${mapped.get(name) ?? 'a name of this layout'}`),
            ),
            compare(`${other.name}/loss`, [{ name: 'loss', actual: [loss], expected: [expected] }], tolerances.loss),
          ];
        },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

interface Original {
  original: ModelFolder;
  /** Name in the other file -> name in the original. */
  mapped: ReadonlyMap<string, string>;
}

/** The model with the same weights: one whose names the folder's own key_names.json gives, or whose key_names.json has the folder's names as a layout. */
function originalOf(folder: string, models: readonly ModelFolder[]): Original | undefined {
  const own = existsSync(path.join(folder, 'key_names.json'))
    ? readJson<Record<string, string>>(folder, 'key_names.json')
    : undefined;
  for (const original of models) {
    if (!original.family) continue;
    const layouts = own ? [Object.entries(own)] : layoutsOf(original.folder);
    const fits = layouts.find(
      (pairs) =>
        sameNames(
          original.folder,
          pairs.map(([name]) => name),
        ) &&
        (own ||
          sameNames(
            folder,
            pairs.map(([, name]) => name),
          )),
    );
    if (fits) return { original, mapped: new Map(fits.map(([name, other]) => [other, name])) };
  }
  return undefined;
}

/** Pairs of a name in a model's file and its name in another layout, for each layout of its key_names.json. */
function layoutsOf(folder: string): [string, string][][] {
  if (!existsSync(path.join(folder, 'key_names.json'))) return [];
  const known = Object.values(readJson<Record<string, Record<string, string>>>(folder, 'key_names.json'));
  return Object.keys(known[0] ?? {}).map((layout) => known.map((one) => [one.file!, one[layout]!]));
}

function sameNames(folder: string, expected: readonly string[]): boolean {
  const { tensors } = readHeader(path.join(folder, 'model.safetensors'));
  return tensors.size === expected.length && expected.every((name) => tensors.has(name));
}

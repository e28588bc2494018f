/**
 * `npm run parity:python`: trains the tiny model by every method, has transformers and peft read what the finished runs have written, and compares losses and
 * answers on test items; and the gradients of every group of the base's own parameters, embeddings and head among them. MEDPEFT_PYTHON names a Python with torch,
 * transformers and peft; without it one is set up in the user's cache, outside the tree.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { peftFiles } from '../runner/methods/peft';
import { writeSafetensors } from '../runner/models/safetensors';
import { readRun } from '../runner/runs';
import { deltaFile, readAdapter } from '../runner/training/adapter';
import { generationOf } from '../runner/training/evaluate';
import { openPlannedRun } from '../runner/training/open';
import { folderOf, startWorker } from '../test/unit/runs/killed';
import { tinyMethods, tinyRun, workspace } from '../test/unit/training/tiny';
import { python } from './python';

/** Of the loss; and of a gradient's largest value, with some more for gradients that are all but zero. */
const tolerance = { loss: 1e-5, gradient: 2e-4, residue: 2e-6 };
/** Methods of which neither PEFT nor plain weights know, and those that several rates make. */
const leftOut = new Set(['houlsby', 'pfeiffer', 'parallel', 'rates']);
const itemsOfCase = 8;

interface Case {
  name: string;
  /** `model`: a PEFT folder on the whole model; `decoder`: on its text decoder; `delta`: tensors of the model itself. */
  kind: 'model' | 'decoder' | 'delta';
  folder?: string;
  weights?: string;
  items: { file: string }[];
  gradients?: string;
  tokens: number;
}

interface Own {
  losses: number[];
  answers: number[][];
}

/** Trains the method, and says what this engine makes of the first test items. */
async function prepare(scratch: string, name: string): Promise<{ wanted: Case; own: Own }[]> {
  const run = tinyRun(scratch, name);
  await startWorker(path.resolve('dist/worker.js'), run).ended;
  const folder = folderOf(run);
  if (readRun(folder).state !== 'finished') throw new Error(`${name} did not finish: ${folder}`);
  const { model, data, selection } = await openPlannedRun(run);
  try {
    readAdapter(folder, model.trainables);
    const tokens = 6;
    const generation = { ...generationOf(run.task), maxNewTokens: tokens };
    const own: Own = { losses: [], answers: [] };
    const items: Case['items'] = [];
    const added = selection.added[0]?.type;
    const kind = !added ? 'delta' : added === 'prefix' || added === 'prompt' ? 'decoder' : 'model';
    let gradients: string | undefined;
    for (const item of [...data.splits.test.values()].flat().slice(0, itemsOfCase)) {
      const batch = await data.collate([item]);
      const file = `${name}.${items.length}.safetensors`;
      const row = (values: Int32Array) => ({ shape: [1, values.length], data: Float32Array.from(values) });
      const side = batch.imageSize;
      const pixels = { shape: [1, 3, side, side], data: batch.pixelValues };
      writeSafetensors(
        path.join(scratch, file),
        new Map([
          ['pixel_values', pixels],
          ['input_ids', row(batch.inputIds)],
          ['decoder_input_ids', row(batch.decoderInputIds)],
        ]),
      );
      const settings = { kind: 'hf', labelSmoothing: 0 } as const;
      if (kind === 'delta' && items.length === 0) {
        const result = await model.lossAndGradients(batch, settings, model.targetTokens(batch));
        gradients = `${name}.gradients.safetensors`;
        const shapes = new Map(model.trainables.map((one) => [one.name, one.shape]));
        const tensors = [...result.gradients].map(([of, data]) => [of, { shape: shapes.get(of)!, data }] as const);
        writeSafetensors(path.join(scratch, gradients), new Map(tensors));
      }
      own.losses.push(await model.loss(batch, settings, model.targetTokens(batch)));
      own.answers.push(...(await model.generate(batch, generation)));
      items.push({ file });
    }
    const adapter = path.join(folder, 'adapter', selection.added[0]?.adapter ?? '');
    const where = kind === 'delta' ? { weights: path.join(folder, deltaFile) } : { folder: adapter };
    const wanted: Case = { name, kind, items, tokens, ...where, ...(gradients && { gradients }) };
    // A group of LayerNorms is a PEFT folder, too.
    const group = path.join(folder, 'adapter', selection.base[0]?.group ?? '');
    const again: Case = { name: `${name} as PEFT`, kind: 'model', items, tokens, folder: group };
    return kind === 'delta' && existsSync(path.join(group, peftFiles.config)) && group !== path.join(folder, 'adapter')
      ? [
          { wanted, own },
          { wanted: again, own },
        ]
      : [{ wanted, own }];
  } finally {
    await model.dispose();
  }
}

interface Theirs {
  losses: number[];
  answers: number[][];
  gradients?: Record<string, { difference: number; largest: number }>;
}

/** One line of the table, and whether all of it is equal. */
function judge({ name, kind }: Case, own: Own, theirs: Theirs): { line: string; equal: boolean } {
  const loss = Math.max(...own.losses.map((value, i) => Math.abs(value - theirs.losses[i]!) / value));
  const same = theirs.answers.filter((ids, i) => String(ids) === String(own.answers[i])).length;
  // True gradients of key biases are zero: what float32 leaves there is noise.
  const differences = Object.entries(theirs.gradients ?? {}).filter(([of]) => !/(\.key|\.qkv)\.bias$/.test(of));
  const shares = differences.map(
    ([, { difference, largest }]) => difference / (tolerance.gradient * largest + tolerance.residue),
  );
  const gradient = shares.length > 0 ? Math.max(...shares) * tolerance.gradient : undefined;
  const equal =
    loss <= tolerance.loss && same === own.answers.length && (gradient === undefined || gradient <= tolerance.gradient);
  const parts = [
    `loss ${loss.toExponential(1)}`,
    `answers ${same}/${own.answers.length}`,
    gradient === undefined ? '' : `gradients of ${differences.length} tensors ${gradient.toExponential(1)}`,
  ];
  return {
    line: `${equal ? 'equal ' : 'DIFFER'}  ${name.padEnd(18)} (${kind})  ${parts.filter(Boolean).join(', ')}`,
    equal,
  };
}

async function main(): Promise<void> {
  const executable = python();
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'medpeft-python-'));
  const prepared = [];
  for (const name of tinyMethods.filter((one) => !leftOut.has(one))) prepared.push(...(await prepare(scratch, name)));
  const file = path.join(scratch, 'cases.json');
  const cases = prepared.map(({ wanted }) => ({ gradients: null, ...wanted }));
  writeFileSync(file, JSON.stringify({ base: path.join(workspace, 'model'), cases }));
  const out = execFileSync(executable, [path.resolve('scripts/oracle/peft_runs.py'), file], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const theirs = JSON.parse(out.trim().split('\n').at(-1)!) as Theirs[];
  const lines = prepared.map(({ wanted, own }, i) => judge(wanted, own, theirs[i]!));
  for (const { line } of lines) console.log(line);
  const differing = lines.filter(({ equal }) => !equal).length;
  console.log(`parity with Python: ${lines.length - differing} equal, ${differing} differ`);
  if (differing === 0) rmSync(scratch, { recursive: true });
  process.exitCode = differing > 0 ? 1 : 0;
}

void main();

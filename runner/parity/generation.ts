/** Greedy and beam search from each model's first micro-batch: token ids, and for beams the scores. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { DecodeSettings } from '../models/types';
import { compare, skipped, tolerances } from './compare';
import { className, modelFolders, readBatch, readJson } from './folders';
import { withModel } from './models';
import type { ParityCase, ParityContext } from './types';

interface Golden {
  token_ids: { bos: number; stop: number };
  rows: string;
  cases: Record<
    string,
    {
      settings: {
        num_beams: number;
        max_length?: number;
        max_new_tokens?: number;
        min_length?: number;
        min_new_tokens?: number;
        length_penalty?: number;
        early_stopping?: boolean;
      };
      sequences: number[][];
      sequences_scores?: number[];
    }
  >;
}

/** transformers 5 makes this many new tokens where no length is given. */
const defaultNewTokens = 20;

export async function* generation({ root, backend }: ParityContext): AsyncIterable<ParityCase> {
  for (const model of modelFolders(root)) {
    if (!existsSync(path.join(model.folder, 'generate.json'))) continue;
    const { cases, token_ids: ids, rows } = readJson<Golden>(model.folder, 'generate.json');
    if (!model.family) {
      for (const name of Object.keys(cases))
        yield skipped(`${model.name}/generate/${name}`, `${className(model)} is not supported`);
      continue;
    }
    // Either whole micro-batches (`mb0`), or prompts of their own (`gen.* with mb0.pixel_values`).
    const [, prompts, images] = /^(\w+)\.\* with (\w+)\./.exec(rows) ?? [];
    const batch = readBatch(model.folder, images ?? rows, prompts);
    yield* await withModel(
      model,
      backend,
      () => false,
      async (loaded) => {
        const done: ParityCase[] = [];
        // After a prompt, only what is new is stored.
        const start = prompts ? [] : [ids.bos];
        for (const [name, { settings, sequences, sequences_scores: scores }] of Object.entries(cases)) {
          const decode: DecodeSettings = {
            numBeams: settings.num_beams,
            // Lengths that are not of new tokens count the start token.
            maxNewTokens:
              settings.max_new_tokens ??
              (settings.max_length === undefined ? defaultNewTokens : settings.max_length - 1),
            minNewTokens: settings.min_new_tokens ?? (settings.min_length ?? 1) - 1,
            lengthPenalty: settings.length_penalty ?? 1,
            earlyStopping: settings.early_stopping ?? false,
            questionMask: name.endsWith('question_mask') ? 'keep' : 'ones',
          };
          const hypotheses = await loaded.decode(batch, decode);
          const expected = sequences.map((sequence) => upToStop(sequence, ids.stop));
          const wrong = expected.findIndex(
            (tokens, i) => String(tokens) !== String([...start, ...hypotheses[i]!.tokens]),
          );
          const compared = compare(
            `${model.name}/generate/${name}`,
            [
              {
                name: 'scores',
                actual: hypotheses.map(({ score }) => score),
                expected: scores ?? hypotheses.map(({ score }) => score),
              },
            ],
            tolerances.beamScores,
          );
          done.push(
            wrong < 0
              ? compared
              : {
                  ...compared,
                  status: 'failed',
                  reason: `row ${wrong} is [${hypotheses[wrong]!.tokens}], not [${expected[wrong]}]`,
                },
          );
        }
        return done;
      },
    );
  }
}

/** What follows the first stop token is filling, which differs from version to version. */
function upToStop(sequence: readonly number[], stop: number): readonly number[] {
  const end = sequence.indexOf(stop);
  return end < 0 ? sequence : sequence.slice(0, end + 1);
}

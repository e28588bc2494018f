/** Greedy and beam search from each model's first micro-batch: token ids, and for beams the scores. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Batch } from '../data/types';
import { captionPrompt } from '../models/blip_caption';
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
      /** Of a caption model: which part of the micro-batch is given. */
      prompt?: string;
      sequences: number[][];
      sequences_scores?: number[];
    }
  >;
}

/** transformers 5 makes 20 new tokens where no length is given, as far as there are positions. */
const defaultLength = (start: number, positions = Number.POSITIVE_INFINITY) => Math.min(start + 20, positions);

export async function* generation({ root, ...on }: ParityContext): AsyncIterable<ParityCase> {
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
      on,
      () => false,
      async (loaded) => {
        const done: ParityCase[] = [];
        const positions = (model.config.text_config as { max_position_embeddings?: number }).max_position_embeddings;
        for (const [name, { settings, prompt, sequences, sequences_scores: scores }] of Object.entries(cases)) {
          const asked = model.family === 'blip_caption' ? withPrompt(batch, prompt, ids.bos) : batch;
          const length = model.family === 'blip_caption' ? Math.max(1, asked.questionLength) : 1;
          // Of the texts of LLaVA, only what is new is stored.
          const start = (row: number): number[] => {
            if (prompts) return [];
            return length > 1 ? [...asked.inputIds.subarray(row * length, (row + 1) * length)] : [ids.bos];
          };
          const decode: DecodeSettings = {
            numBeams: settings.num_beams,
            // Lengths that are not of new tokens count the start token.
            maxNewTokens: settings.max_new_tokens ?? (settings.max_length ?? defaultLength(length, positions)) - length,
            minNewTokens: settings.min_new_tokens ?? Math.max(0, (settings.min_length ?? length) - length),
            lengthPenalty: settings.length_penalty ?? 1,
            earlyStopping: settings.early_stopping ?? false,
            questionMask: name.endsWith('question_mask') ? 'keep' : 'ones',
          };
          const hypotheses = await loaded.decode(asked, decode);
          const expected = sequences.map((sequence) => upToStop(sequence, ids.stop));
          const wrong = expected.findIndex(
            (tokens, i) => String(tokens) !== String([...start(i), ...hypotheses[i]!.tokens]),
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

/** A batch for a caption model: with no prompt, or with the first tokens of each row as one, as `input_ids[:, :4] …` says. */
function withPrompt(batch: Batch, description: string | undefined, startId: number): Batch {
  const count = Number(/:(\d+)\]/.exec(description ?? '')?.[1] ?? 0);
  const given = batch.ids.flatMap((_, row) => {
    const first = row * batch.questionLength;
    return count ? captionPrompt([...batch.inputIds.subarray(first, first + count)], startId) : [];
  });
  return {
    ...batch,
    inputIds: Int32Array.from(given),
    attentionMask: new Int32Array(given.length).fill(1),
    questionLength: given.length / batch.ids.length,
  };
}

/** What follows the first stop token is filling, which differs from version to version. */
function upToStop(sequence: readonly number[], stop: number): readonly number[] {
  const end = sequence.indexOf(stop);
  return end < 0 ? sequence : sequence.slice(0, end + 1);
}

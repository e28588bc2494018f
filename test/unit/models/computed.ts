/** All that a model computes, for tests that two ways of holding its weights come to the same. */
import { type Backend, openBackend } from '../../../runner/backends';
import type { Batch } from '../../../runner/data/types';
import { type LoadSettings, loadModel } from '../../../runner/models/load';
import type { InspectableModel } from '../../../runner/models/types';

export const none = { base: [], added: [], matches: [] };
export const hf = { kind: 'hf', labelSmoothing: 0 } as const;

export type Settings = Pick<LoadSettings, 'folder' | 'family'> & Partial<LoadSettings>;

let opened: Promise<Backend> | undefined;

/** Runs `use` on a model; on one thread of onnxruntime's processor if no backend is named. */
export async function using<T>(settings: Settings, use: (model: InspectableModel) => Promise<T>): Promise<T> {
  opened ??= openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  const model = await loadModel({ selection: none, seed: 0, backend: await opened, ...settings });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/** All that a model computes of a batch. */
export async function computed(settings: Settings, batch: Batch) {
  return using(settings, async (model) => {
    const search = { numBeams: 2, maxNewTokens: 4, minNewTokens: 1, lengthPenalty: 1, questionMask: 'ones' } as const;
    const first = await model.lossAndGradients(batch, hf, 3);
    return {
      streamed: model.streamed?.size ?? 0,
      first,
      // the second pass finds the first one's memory
      second: await model.lossAndGradients(batch, hf, 3),
      loss: await model.loss(batch, hf, 3),
      answers: await model.decode(batch, search),
      ranked: await model.rank(
        batch,
        [
          [5, 2],
          [5, 6, 2],
          [7, 2],
        ],
        { topK: 2, score: 'mean' },
      ),
    };
  });
}

/** Two texts for a language model alone. */
export const text: Batch = {
  ids: ['a', 'b'],
  imageKeys: [],
  pixelValues: new Float32Array(0),
  imageSize: 1,
  imageOf: new Int32Array(2),
  inputIds: Int32Array.of(1, 270, 265, 280, 0, 0, 1, 290),
  attentionMask: Int32Array.of(1, 1, 1, 1, 0, 0, 1, 1),
  questionLength: 4,
  decoderInputIds: Int32Array.of(1, 270, 271, 2, 1, 280, 2, 0),
  decoderAttentionMask: Int32Array.of(1, 1, 1, 1, 1, 1, 1, 0),
  labels: Int32Array.of(-100, -100, 271, 2, -100, 280, 2, -100),
  answerLength: 4,
};

/** A LLaMA-like language model, with or without images, as a `Model`: a batch in, a loss and gradients or answers out. */
import type { Batch } from '../../data/types';
import { virtualTokens } from '../adaptations';
import { headFeeds, lossFeeds, targetsOf } from '../feeds';
import { search } from '../generation';
import { type Call, Network, onHost, type Tensors } from '../network';
import { promptsOf } from '../past';
import { rank } from '../ranking';
import type { DecodeSettings, InspectableModel } from '../types';
import type { LoadedTensors } from '../weights';
import { llamaCalls } from './calls';
import type { LlamaConfig } from './config';
import { llamaScoresAfter } from './decoding';
import { plainPositions, tokenFeeds } from './feeds';
import { imageFeeds, type Sight } from './images';

/**
 * Makes the model of loaded tensors. In a batch, `decoderInputIds` is the whole text (prompt and answer) that is trained on, `inputIds` the prompt, padded on the left,
 * that an answer is generated after.
 * @param root path of the language model's body in the network, with the dot
 * @param see makes the part that sees images; absent for a language model alone
 */
export function llamaModel(
  config: LlamaConfig,
  root: string,
  loaded: LoadedTensors,
  see?: (network: Network) => Sight,
): InspectableModel {
  const { backend, parameters, trainables, tensors, adaptations, networkNames } = loaded;
  const ownName = new Map(trainables.map(({ name }) => [networkNames.get(name)!, name]));
  const network = new Network(backend, tensors, new Set(ownName.keys()), adaptations, loaded);
  const sight = see?.(network);
  const front = virtualTokens(adaptations, root);
  const calls = llamaCalls(config, root, sight?.features ?? '');
  const width = config.hiddenSize;
  const chains = new Map<string, readonly Call[]>();

  const known = (key: string, make: () => readonly Call[]): readonly Call[] => {
    const chain = chains.get(key) ?? make();
    chains.set(key, chain);
    return chain;
  };
  const embedding = sight ? [...sight.projector, calls.embeddingsWithImages] : [calls.embeddings];
  const body = [...embedding, ...calls.layers, calls.norm];
  const towards = (labelSmoothing: number) =>
    known(`loss ${labelSmoothing}`, () => [...body, calls.loss(labelSmoothing)]);
  const training = (labelSmoothing: number) =>
    known(`training ${labelSmoothing}`, () => [
      ...(sight?.encoder.trains ? sight.encoder.calls : []),
      ...towards(labelSmoothing),
    ]);
  const inspection = [...(sight ? [...sight.encoder.calls, ...sight.unseen] : []), ...body, calls.scores];
  const prefill = sight ? [...sight.projector, calls.embeddingsWithImages] : [calls.embeddings];

  /** Tokens [rows, length] with their positions, and where images stand among them. */
  const textFeeds = (
    batch: Batch,
    text: { ids: ArrayLike<number>; length: number; present: ArrayLike<number>; positions: ArrayLike<number> },
  ): Tensors => {
    const rows = batch.ids.length;
    const images = sight && imageFeeds(text.ids, batch, sight, width);
    return new Map([
      ...tokenFeeds({ ...text, ids: images?.ids ?? text.ids, rows, before: 0 }, config, front),
      ...(images?.feeds ?? []),
    ]);
  };
  const wholeText = (batch: Batch): Tensors =>
    textFeeds(batch, {
      ids: batch.decoderInputIds,
      length: batch.answerLength,
      present: batch.decoderAttentionMask,
      positions: plainPositions(batch.ids.length, batch.answerLength),
    });
  const trainingFeeds = (batch: Batch, normalizer: number): Tensors => {
    const targets = targetsOf(batch, front);
    return new Map([
      ...wholeText(batch),
      ...headFeeds(targets.rows, batch.ids.length * (front.inputs + batch.answerLength), width),
      ...lossFeeds(targets.labels, normalizer),
    ]);
  };

  /** What scores the tokens of answers. */
  const scoresAfter = async (batch: Batch) => {
    const rows = batch.ids.length;
    const { questionLength: length, attentionMask: present } = batch;
    const prompts = promptsOf(rows, length, present);
    const run = textFeeds(batch, { ...prompts, ids: batch.inputIds });
    if (sight) run.set(sight.encoder.result, await sight.encoder.states(batch));
    await network.infer(prefill, run, []);
    return llamaScoresAfter(network, calls, config, prompts, run, front);
  };
  const decode = async (batch: Batch, settings: DecodeSettings) =>
    network.within(async () => search(batch.ids.length, config.eosTokenIds, await scoresAfter(batch), settings));

  return {
    trainables,
    parameters,
    async lossAndGradients(batch, loss, normalizer, noise) {
      const run = trainingFeeds(batch, normalizer);
      if (sight?.encoder.trains) run.set('pixels', sight.encoder.pixels(batch));
      else if (sight) run.set(sight.encoder.result, await sight.encoder.states(batch));
      const targetTokens = run.get('head.labels')!.shape[0]!;
      const result = await network.differentiate(training(loss.labelSmoothing), run, noise);
      const gradients = new Map([...result.gradients].map(([name, value]) => [ownName.get(name)!, value]));
      return { loss: result.loss, targetTokens, gradients };
    },
    targetTokens: (batch) => targetsOf(batch, front).rows.length,
    async loss(batch, loss, normalizer) {
      const run = trainingFeeds(batch, normalizer);
      if (sight) run.set(sight.encoder.result, await sight.encoder.states(batch));
      await network.infer(towards(loss.labelSmoothing), run, ['loss']);
      return Number(onHost(run.get('loss')).data[0]);
    },
    async hiddenStates(batch) {
      const rows = batch.ids.length * (front.inputs + batch.answerLength);
      const run: Tensors = new Map([...wholeText(batch), ...headFeeds([...Array(rows).keys()], rows, width)]);
      if (sight) run.set('pixels', sight.encoder.pixels(batch));
      const feeds = new Set(run.keys());
      await network.infer(inspection, run, 'all');
      for (const name of feeds) run.delete(name);
      return run as Map<string, { data: Float32Array; shape: readonly number[] }>;
    },
    decode,
    async generate(batch, settings) {
      const hypotheses = await decode(batch, settings);
      return hypotheses.map(({ tokens }) =>
        config.eosTokenIds.includes(tokens.at(-1) ?? -1) ? tokens.slice(0, -1) : tokens,
      );
    },
    async rank(batch, candidates, settings) {
      return network.within(async () => rank(batch.ids.length, candidates, await scoresAfter(batch), settings));
    },
    streamed: loaded.streamed,
    tensor: (name) => loaded.tensor(name),
    dispose: () => network.dispose(),
  };
}

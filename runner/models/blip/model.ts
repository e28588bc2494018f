/** BLIP VQA as a `Model`: a batch in, a loss and gradients or answers out. */
import type { Batch } from '../../data/types';
import { MedpeftError } from '../../errors';
import { virtualTokens } from '../adaptations';
import type { Call } from '../chain';
import { headFeeds, targetsOf } from '../feeds';
import { search } from '../generation';
import { imageEncoder } from '../image_encoder';
import { Network, onHost, type Tensors } from '../network';
import { promptsOf } from '../past';
import { rank } from '../ranking';
import type { DecodeSettings, Gradients, InspectableModel, Trainable } from '../types';
import type { LoadedTensors } from '../weights';
import { blipCalls, imageStates } from './calls';
import type { BlipConfig } from './config';
import { blipScoresAfter } from './decoding';
import { decoderFeeds, encoderFeeds, imageMap, questionMap } from './feeds';
import { type Kind, stateMaps, trainingFeeds } from './training';
import { imageTokens } from './vision';

/**
 * Makes the model of loaded tensors.
 * @param hasEncoder whether an encoder reads the questions (VQA); else the decoder looks at the image, and reads a prompt and goes on with it (captions)
 */
export function blipModel(config: BlipConfig, loaded: LoadedTensors, hasEncoder: boolean): InspectableModel {
  refuseOtherWidths(config, hasEncoder);
  const { backend, parameters, trainables, tensors, adaptations, networkNames, cache } = loaded;
  const trainable = new Map<string, Trainable>(trainables.map((one) => [networkNames.get(one.name)!, one]));
  const network = new Network(backend, tensors, new Set(trainable.keys()), adaptations, loaded);
  const calls = blipCalls(config, hasEncoder);
  const front = virtualTokens(adaptations, 'text_decoder.');
  const questionFront = virtualTokens(adaptations, 'text_encoder.');
  const images = imageEncoder({
    network,
    calls: calls.vision,
    result: imageStates,
    size: config.vision.imageSize,
    tokens: imageTokens(config.vision),
    width: config.vision.hiddenSize,
    trainables,
    cache,
  });
  const chains = new Map<number, readonly Call[]>();
  const wholeChains = new Map<number, readonly Call[]>();

  /** From image states to the loss. */
  const towards = (labelSmoothing: number): readonly Call[] => {
    const known = chains.get(labelSmoothing) ?? [...calls.encoder, ...calls.decoder, calls.loss(labelSmoothing)];
    chains.set(labelSmoothing, known);
    return known;
  };
  /** All that training runs, with the vision encoder only if it is trained. */
  const training = (labelSmoothing: number): readonly Call[] => {
    if (!images.trains) return towards(labelSmoothing);
    const known = wholeChains.get(labelSmoothing) ?? [...calls.vision, ...towards(labelSmoothing)];
    wholeChains.set(labelSmoothing, known);
    return known;
  };

  const kind: Kind = { config, hasEncoder, adaptations };

  /** What answers begin with: the start token; or, where nothing else reads the question, the prompt. */
  const beginningOf = (batch: Batch) => {
    const rows = batch.ids.length;
    if (!hasEncoder && batch.questionLength > 0)
      return { ids: batch.inputIds, ...promptsOf(rows, batch.questionLength, batch.attentionMask) };
    return {
      ids: Array<number>(rows).fill(config.text.bosTokenId),
      ...promptsOf(rows, 1, Array<number>(rows).fill(1)),
    };
  };

  /** What scores the tokens of answers. @param ones whether they look at the padding of questions, too */
  const scoresAfter = async (batch: Batch, ones: boolean) => {
    const map = (rows: readonly number[], length: number) => {
      if (hasEncoder) return questionMap(batch, rows, length, ones, config);
      const studies = rows.map((row) => batch.imageOf[row]!);
      return imageMap(batch, studies, length, config);
    };
    const crossed: Tensors = new Map([[imageStates, await images.states(batch)], ...map([...batch.ids.keys()], 1)]);
    if (hasEncoder) for (const [name, tensor] of encoderFeeds(batch, config, questionFront)) crossed.set(name, tensor);
    await network.infer(calls.encoder, crossed, []);
    await network.infer(calls.crossing, crossed, []);
    const beginning = { ...beginningOf(batch), crossed, map };
    return blipScoresAfter(network, calls, config, beginning, front);
  };
  // BLIP and MISS let answers look at the padding of questions when they generate, though neither in training nor when they rank.
  const decode = async (batch: Batch, settings: DecodeSettings) =>
    network.within(async () =>
      search(
        batch.ids.length,
        [config.text.sepTokenId],
        await scoresAfter(batch, settings.questionMask === 'ones'),
        settings,
      ),
    );

  return {
    trainables,
    parameters,
    async lossAndGradients(batch, loss, normalizer, noise): Promise<Gradients> {
      const run = trainingFeeds(batch, normalizer, kind);
      if (images.trains) run.set('pixels', images.pixels(batch));
      else run.set(imageStates, await images.states(batch));
      const targetTokens = run.get('head.labels')!.shape[0]!;
      const result = await network.differentiate(training(loss.labelSmoothing), run, noise);
      const gradients = new Map([...result.gradients].map(([place, value]) => [trainable.get(place)!.name, value]));
      return { loss: result.loss, targetTokens, gradients };
    },
    targetTokens: (batch) => targetsOf(batch, front).rows.length,
    async loss(batch, loss, normalizer) {
      const run = trainingFeeds(batch, normalizer, kind);
      run.set(imageStates, await images.states(batch));
      await network.infer(towards(loss.labelSmoothing), run, ['loss']);
      return Number(onHost(run.get('loss')).data[0]);
    },
    async hiddenStates(batch) {
      const rows = batch.ids.length * (front.inputs + batch.answerLength);
      const run: Tensors = new Map([
        ...stateMaps(batch, kind, true),
        ...decoderFeeds(batch, config, front),
        ...headFeeds([...Array(rows).keys()], rows, config.text.hiddenSize),
        ['pixels', images.pixels(batch)],
      ]);
      const feeds = new Set(run.keys());
      await network.infer([...calls.vision, ...calls.encoder, ...calls.decoder, calls.scores], run, 'all');
      for (const name of feeds) run.delete(name);
      return run as Map<string, { data: Float32Array; shape: readonly number[] }>;
    },
    decode,
    async generate(batch, settings) {
      const stop = config.text.sepTokenId;
      const hypotheses = await decode(batch, settings);
      return hypotheses.map(({ tokens }) => (tokens.at(-1) === stop ? tokens.slice(0, -1) : tokens));
    },
    async rank(batch, candidates, settings) {
      return network.within(async () => rank(batch.ids.length, candidates, await scoresAfter(batch, false), settings));
    },
    streamed: loaded.streamed,
    tensor: (name) => loaded.tensor(name),
    dispose: () => network.dispose(),
  };
}

/** All that is looked at is as wide as encoder_hidden_size: images by the encoder and its states by the decoder, or images by the decoder. */
function refuseOtherWidths({ vision, text }: BlipConfig, hasEncoder: boolean): void {
  const fits = vision.hiddenSize === text.encoderHiddenSize && (!hasEncoder || text.hiddenSize === vision.hiddenSize);
  if (fits) return;
  throw new MedpeftError(
    'MP3005',
    hasEncoder
      ? `config.json: hidden_size of vision_config (${vision.hiddenSize}), hidden_size (${text.hiddenSize}) and encoder_hidden_size (${text.encoderHiddenSize}) of text_config must be equal`
      : `config.json: hidden_size of vision_config (${vision.hiddenSize}) and encoder_hidden_size (${text.encoderHiddenSize}) of text_config must be equal`,
    'compare it with the config.json that came with the checkpoint',
  );
}

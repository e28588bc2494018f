/** BLIP VQA as a `Model`: a batch in, a loss and gradients or answers out. */
import type { Batch } from '../../data/types';
import { MedpeftError } from '../../errors';
import { virtualTokens } from '../adaptations';
import type { Call } from '../chain';
import { headFeeds, lossFeeds, targetsOf } from '../feeds';
import { type Hypothesis, type NextScores, search } from '../generation';
import { imageEncoder } from '../image_encoder';
import { Network, type Tensors } from '../network';
import type { DecodeSettings, Gradients, InspectableModel, LossSettings, Trainable } from '../types';
import type { LoadedTensors } from '../weights';
import { blipCalls, imageStates } from './calls';
import type { BlipConfig } from './config';
import { decoderFeeds, encoderFeeds, stepFeeds } from './feeds';
import { imageTokens } from './vision';

/** Makes the model of loaded tensors. */
export function blipModel(config: BlipConfig, loaded: LoadedTensors): InspectableModel {
  refuseOtherWidths(config);
  const { backend, parameters, trainables, tensors, adaptations, networkNames } = loaded;
  const trainable = new Map<string, Trainable>(trainables.map((one) => [networkNames.get(one.name)!, one]));
  const network = new Network(backend, tensors, new Set(trainable.keys()), adaptations);
  const calls = blipCalls(config);
  const front = virtualTokens(adaptations, 'text_decoder.');
  const images = imageEncoder({
    network,
    calls: calls.vision,
    result: imageStates,
    size: config.vision.imageSize,
    tokens: imageTokens(config.vision),
    width: config.vision.hiddenSize,
    trainables,
  });
  const decoding = [...calls.decoder, calls.scores];
  const chains = new Map<number, readonly Call[]>();

  /** All that training runs, with the vision encoder only if it is trained. */
  const chain = (labelSmoothing: number): readonly Call[] => {
    const known = chains.get(labelSmoothing) ?? [
      ...(images.trains ? calls.vision : []),
      ...calls.encoder,
      ...calls.decoder,
      calls.loss(labelSmoothing),
    ];
    chains.set(labelSmoothing, known);
    return known;
  };

  const trainingFeeds = (batch: Batch, normalizer: number): Tensors => {
    const targets = targetsOf(batch, front);
    return new Map([
      ...encoderFeeds(batch, config),
      ...decoderFeeds(batch, config, front),
      ...headFeeds(targets.rows, batch.ids.length * (front.inputs + batch.answerLength), config.text.hiddenSize),
      ...lossFeeds(targets.labels, normalizer),
    ]);
  };

  const decode = async (batch: Batch, settings: DecodeSettings): Promise<Hypothesis[]> => {
    const rows = batch.ids.length;
    const run: Tensors = new Map([...encoderFeeds(batch, config), [imageStates, await images.states(batch)]]);
    await network.infer(calls.encoder, run);
    const states = run.get(calls.questionStates)!;
    const next: NextScores = async (prefixes) => {
      const step: Tensors = new Map([
        ...stepFeeds(prefixes, batch, settings.questionMask, config, front),
        [calls.questionStates, states],
      ]);
      await network.infer(decoding, step);
      return step.get('logits')!.data as Float32Array;
    };
    return search(rows, [config.text.sepTokenId], next, settings);
  };

  return {
    trainables,
    parameters,
    async lossAndGradients(batch: Batch, loss: LossSettings, normalizer: number): Promise<Gradients> {
      const run = trainingFeeds(batch, normalizer);
      if (images.trains) run.set('pixels', images.pixels(batch));
      else run.set(imageStates, await images.states(batch));
      const targetTokens = run.get('head.labels')!.data.length;
      const result = await network.differentiate(chain(loss.labelSmoothing), run);
      const gradients = new Map<string, Float32Array>();
      for (const [place, { name }] of trainable) {
        const gradient = result.gradients.get(place);
        if (gradient) gradients.set(name, gradient);
      }
      return { loss: result.loss, targetTokens, gradients };
    },
    targetTokens: (batch) => targetsOf(batch, front).rows.length,
    async loss(batch, loss, normalizer) {
      const run = trainingFeeds(batch, normalizer);
      run.set(imageStates, await images.states(batch));
      await network.infer(chain(loss.labelSmoothing).slice(images.trains ? calls.vision.length : 0), run);
      return Number(run.get('loss')!.data[0]);
    },
    async hiddenStates(batch) {
      const rows = batch.ids.length * (front.inputs + batch.answerLength);
      const run: Tensors = new Map([
        ...encoderFeeds(batch, config),
        ...decoderFeeds(batch, config, front),
        ...headFeeds([...Array(rows).keys()], rows, config.text.hiddenSize),
        ['pixels', images.pixels(batch)],
      ]);
      const feeds = new Set(run.keys());
      await network.infer([...calls.vision, ...calls.encoder, ...calls.decoder, calls.scores], run, true);
      for (const name of feeds) run.delete(name);
      return run as Map<string, { data: Float32Array; shape: readonly number[] }>;
    },
    decode,
    async generate(batch, settings) {
      const stop = config.text.sepTokenId;
      const hypotheses = await decode(batch, settings);
      return hypotheses.map(({ tokens }) => (tokens.at(-1) === stop ? tokens.slice(0, -1) : tokens));
    },
    tensor: (name) => loaded.tensor(name),
    dispose: () => network.dispose(),
  };
}

/** The question encoder looks at images, the decoder at the encoder's own states, both through one encoder_hidden_size. */
function refuseOtherWidths({ vision, text }: BlipConfig): void {
  if (vision.hiddenSize === text.encoderHiddenSize && text.hiddenSize === text.encoderHiddenSize) return;
  throw new MedpeftError(
    'MP3005',
    `config.json: hidden_size of vision_config (${vision.hiddenSize}), hidden_size (${text.hiddenSize}) and encoder_hidden_size (${text.encoderHiddenSize}) of text_config must be equal`,
    'compare it with the config.json that came with the checkpoint',
  );
}

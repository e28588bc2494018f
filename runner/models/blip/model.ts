/** BLIP VQA as a `Model`: a batch in, a loss and gradients or answers out. */
import type { Tensor } from '../../backends';
import type { Batch } from '../../data/types';
import { MedpeftError } from '../../errors';
import { virtualTokens } from '../adaptations';
import type { Call } from '../chain';
import { type Hypothesis, type NextScores, search } from '../generation';
import { Network, type Tensors } from '../network';
import type { DecodeSettings, Gradients, InspectableModel, LossSettings, Trainable } from '../types';
import type { LoadedTensors } from '../weights';
import { blipCalls, imageStates } from './calls';
import type { BlipConfig } from './config';
import { decoderFeeds, encoderFeeds, headFeeds, int64, stepFeeds, targetsOf } from './feeds';
import { imageFeatures } from './image_features';
import { imageTokens } from './vision';

/** Makes the model of loaded tensors. */
export function blipModel(config: BlipConfig, loaded: LoadedTensors): InspectableModel {
  refuseOtherWidths(config);
  const { backend, parameters, trainables, tensors, adaptations, networkNames } = loaded;
  const trainable = new Map<string, Trainable>(trainables.map((one) => [networkNames.get(one.name)!, one]));
  const network = new Network(backend, tensors, new Set(trainable.keys()), adaptations);
  const calls = blipCalls(config);
  const front = virtualTokens(adaptations, 'text_decoder.');
  const features = imageFeatures(
    trainables.filter(({ component }) => component === 'vision_encoder').map(({ value }) => value),
  );
  const visionTrains = network.trains(calls.vision);
  const decoding = [...calls.decoder, calls.scores];
  const chains = new Map<number, readonly Call[]>();

  /** All that training runs, with the vision encoder only if it is trained. */
  const chain = (labelSmoothing: number): readonly Call[] => {
    const known = chains.get(labelSmoothing) ?? [
      ...(visionTrains ? calls.vision : []),
      ...calls.encoder,
      ...calls.decoder,
      calls.loss(labelSmoothing),
    ];
    chains.set(labelSmoothing, known);
    return known;
  };

  const pixels = (batch: Batch, images: readonly number[]): Tensor => {
    const side = config.vision.imageSize;
    const each = 3 * side * side;
    if (batch.imageSize !== side)
      throw new MedpeftError(
        'MP3102',
        `the batch has images of ${batch.imageSize} pixels, the model was loaded for ${side}`,
        'load the images at the image_size of the model',
      );
    const shape = [images.length, 3, side, side];
    if (images.length * each === batch.pixelValues.length) return { data: batch.pixelValues, shape };
    const data = new Float32Array(images.length * each);
    for (const [i, image] of images.entries())
      data.set(batch.pixelValues.subarray(image * each, (image + 1) * each), i * each);
    return { data, shape };
  };

  /** States of the batch's images [U·P, D]; only images that are not known are encoded. */
  const encodeImages = async (batch: Batch): Promise<Tensor> => {
    features.refresh();
    const { hiddenSize } = config.vision;
    const each = imageTokens(config.vision) * hiddenSize;
    const count = batch.imageKeys.length;
    const data = new Float32Array(count * each);
    const unknown: number[] = [];
    for (const [image, key] of batch.imageKeys.entries()) {
      const known = features.get(key);
      if (known) data.set(known, image * each);
      else unknown.push(image);
    }
    if (unknown.length > 0) {
      const run: Tensors = new Map([['pixels', pixels(batch, unknown)]]);
      await network.infer(calls.vision, run);
      const states = run.get(imageStates)!.data as Float32Array;
      for (const [i, image] of unknown.entries()) {
        const own = states.subarray(i * each, (i + 1) * each);
        data.set(own, image * each);
        features.set(batch.imageKeys[image]!, own);
      }
    }
    return { data, shape: [count * imageTokens(config.vision), hiddenSize] };
  };

  const lossFeeds = (batch: Batch, normalizer: number): Tensors => {
    const targets = targetsOf(batch, front);
    return new Map([
      ...encoderFeeds(batch, config),
      ...decoderFeeds(batch, config, front),
      ...headFeeds(targets.rows, batch.ids.length * (front.inputs + batch.answerLength), config),
      ['head.labels', int64(targets.labels)],
      ['head.normalizer', { data: Float32Array.of(normalizer), shape: [] }],
    ]);
  };

  const decode = async (batch: Batch, settings: DecodeSettings): Promise<Hypothesis[]> => {
    const rows = batch.ids.length;
    const run: Tensors = new Map([...encoderFeeds(batch, config), [imageStates, await encodeImages(batch)]]);
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
    return search(rows, config.text.sepTokenId, next, settings);
  };

  return {
    trainables,
    parameters,
    async lossAndGradients(batch: Batch, loss: LossSettings, normalizer: number): Promise<Gradients> {
      const run = lossFeeds(batch, normalizer);
      if (visionTrains) run.set('pixels', pixels(batch, [...batch.imageKeys.keys()]));
      else run.set(imageStates, await encodeImages(batch));
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
      const run = lossFeeds(batch, normalizer);
      run.set(imageStates, await encodeImages(batch));
      await network.infer(chain(loss.labelSmoothing).slice(visionTrains ? calls.vision.length : 0), run);
      return Number(run.get('loss')!.data[0]);
    },
    async hiddenStates(batch) {
      const rows = batch.ids.length * (front.inputs + batch.answerLength);
      const run: Tensors = new Map([
        ...encoderFeeds(batch, config),
        ...decoderFeeds(batch, config, front),
        ...headFeeds([...Array(rows).keys()], rows, config),
        ['pixels', pixels(batch, [...batch.imageKeys.keys()])],
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

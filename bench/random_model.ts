/** A BLIP VQA checkpoint of random weights and batches of random items, of any size. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Batch } from '../runner/data/types';
import { blipVqa } from '../runner/models/blip_vqa';
import { randomStream } from '../runner/models/random';
import { sizeOf, type TensorToWrite, writeSafetensors } from '../runner/models/safetensors';

export interface ModelSize {
  imageSize: number;
  patchSize: number;
  hiddenSize: number;
  /** If it differs from the text's. */
  visionHiddenSize?: number;
  heads: number;
  visionLayers: number;
  textLayers: number;
  vocabulary: number;
}

/** config.json of a model of that size. */
export function configOf(size: ModelSize) {
  const widths = (hidden: number) => ({
    hidden_size: hidden,
    intermediate_size: 4 * hidden,
    num_attention_heads: size.heads,
  });
  const visionWidth = size.visionHiddenSize ?? size.hiddenSize;
  return {
    architectures: ['BlipForQuestionAnswering'],
    model_type: 'blip',
    vision_config: {
      ...widths(visionWidth),
      num_hidden_layers: size.visionLayers,
      image_size: size.imageSize,
      patch_size: size.patchSize,
    },
    text_config: {
      ...widths(size.hiddenSize),
      encoder_hidden_size: visionWidth,
      num_hidden_layers: size.textLayers,
      vocab_size: size.vocabulary,
      bos_token_id: size.vocabulary - 2,
      sep_token_id: 2,
    },
  };
}

/** Writes config.json and model.safetensors. */
export function writeRandomModel(folder: string, size: ModelSize): void {
  const config = configOf(size);
  const random = randomStream(0, 'weights');
  const tensors = new Map<string, TensorToWrite>();
  for (const { name, shape, kind, part } of blipVqa.parameters(config)) {
    const gain = kind === 'layernorm' && part === 'weight' ? 1 : 0;
    // Wide enough that activations neither die away nor explode.
    const spread = part === 'weight' && !gain ? 3 / Math.sqrt(size.hiddenSize) : 0;
    const data = new Float32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = gain + spread * (random() - 0.5);
    tensors.set(name, { shape, data });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  writeSafetensors(path.join(folder, 'model.safetensors'), tensors);
}

/** @param images unique images that the rows ask about in turn. */
export function randomBatch(size: ModelSize, rows: number, images: number, question: number, answer: number): Batch {
  const random = randomStream(1, 'batch');
  const token = () => 5 + Math.floor(random() * (size.vocabulary - 10));
  const decoderInputIds = Int32Array.from({ length: rows * answer }, (_, i) =>
    i % answer === 0 ? size.vocabulary - 2 : token(),
  );
  return {
    ids: Array.from({ length: rows }, (_, row) => String(row)),
    imageKeys: Array.from({ length: images }, (_, image) => String(image)),
    pixelValues: Float32Array.from({ length: images * 3 * size.imageSize ** 2 }, random),
    imageSize: size.imageSize,
    imageOf: Int32Array.from({ length: rows }, (_, row) => row % images),
    inputIds: Int32Array.from({ length: rows * question }, token),
    attentionMask: new Int32Array(rows * question).fill(1),
    questionLength: question,
    decoderInputIds,
    decoderAttentionMask: new Int32Array(rows * answer).fill(1),
    labels: decoderInputIds,
    answerLength: answer,
  };
}

/** A checkpoint of LLaVA-Med v1.5's dimensions with random values, in shards of bfloat16 as published ones are: about 15 GB. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { llava } from '../../runner/models/llava';
import { randomStream } from '../../runner/models/random';
import { sizeOf, writeEntries } from '../../runner/models/safetensors';
import type { Parameter } from '../../runner/models/types';

/** config.json of LLaVA-Med v1.5: what it leaves out has the values of CLIP ViT-L/14-336 and Mistral-7B. */
export const config = {
  architectures: ['LlavaMistralForCausalLM'],
  model_type: 'llava_mistral',
  mm_vision_tower: 'openai/clip-vit-large-patch14-336',
  mm_projector_type: 'mlp2x_gelu',
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 32000,
  sliding_window: null,
};

const shardBytes = 5e9;
/** Random values that tensors are filled with, each beginning elsewhere: as good as their own for all that is measured. */
const sampleSize = 2 ** 24;

/** Writes the folder, unless it is there. @returns bytes of the weights */
export function writeLargeCheckpoint(folder: string): number {
  mkdirSync(folder, { recursive: true });
  const shards: Parameter[][] = [];
  let room = 0;
  const parameters = llava.parameters(config);
  for (const parameter of parameters) {
    const bytes = 2 * sizeOf(parameter.shape);
    if (bytes > room) {
      shards.push([]);
      room = shardBytes;
    }
    shards.at(-1)!.push(parameter);
    room -= bytes;
  }
  const map: Record<string, string> = {};
  for (const [i, tensors] of shards.entries()) {
    const number = (n: number) => String(n).padStart(5, '0');
    const file = `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`;
    for (const { name } of tensors) map[name] = file;
    writeShard(path.join(folder, file), tensors);
  }
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(path.join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  return 2 * parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function writeShard(file: string, tensors: readonly Parameter[]): void {
  writeEntries(
    file,
    tensors.map((parameter, i) => ({ ...parameter, dtype: 'BF16', content: () => randomBytes(parameter, i) })),
  );
}

/** Values of a sample over and over again, from another place for each tensor. */
function* randomBytes({ kind, part, shape }: Parameter, i: number): Iterable<Uint8Array> {
  const gain = kind === 'layernorm' && part === 'weight';
  // Wide enough that activations neither die away nor explode.
  const values = gain ? ones() : uniform(part === 'bias' ? 0.02 : 3 / Math.sqrt(shape.at(-1)!));
  const size = sizeOf(shape);
  for (let done = 0, at = (i * 1_000_003) % sampleSize; done < size; at = 0) {
    const some = values.subarray(at, at + Math.min(size - done, sampleSize - at));
    yield new Uint8Array(some.buffer, some.byteOffset, some.byteLength);
    done += some.length;
  }
}

const made = new Map<number, Uint16Array>();

/** bfloat16 between -spread / 2 and spread / 2. */
function uniform(spread: number): Uint16Array {
  const known = made.get(spread);
  if (known) return known;
  const random = randomStream(0, `values ${spread}`);
  const floats = Float32Array.from({ length: sampleSize }, () => spread * (random() - 0.5));
  const values = Uint16Array.from(new Uint32Array(floats.buffer), (word) => word >>> 16);
  made.set(spread, values);
  return values;
}

function ones(): Uint16Array {
  return new Uint16Array(sampleSize).fill(0x3f80);
}

/** What the language server is measured on: a checkpoint whose header has 1,000 tensors, a data set of 30,000 items, and a spec of 2,000 lines that uses both. */
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { blipVqa } from '../../runner/models/blip_vqa';
import { sizeOf } from '../../runner/models/safetensors';
import { configOf } from '../random_model';

export interface Workload {
  /** Absolute path of the spec. */
  file: string;
  text: string;
  tensors: number;
  items: number;
}

/** Of BLIP's kind, with as many layers as make at least 1,000 tensors. */
const size = {
  imageSize: 224,
  patchSize: 16,
  hiddenSize: 768,
  heads: 12,
  visionLayers: 14,
  textLayers: 17,
  vocabulary: 30524,
};

const items = { train: 25_000, test: 5_000 };
/** Items on one image. */
const questions = 10;
const lines = 2_000;

/** Writes the files, once, and makes the text. */
export function makeWorkload(folder: string): Workload {
  mkdirSync(path.join(folder, 'models/blip'), { recursive: true });
  mkdirSync(path.join(folder, 'data/rad/images'), { recursive: true });
  const tensors = writeHeader(path.join(folder, 'models/blip'));
  writeData(path.join(folder, 'data/rad'));
  const text = specText();
  return { file: path.join(folder, 'bench.medpeft.json'), text, tensors, items: items.train + items.test };
}

/** config.json and a weight file of the right size that takes no room: its tensors are holes. @returns the number of tensors */
function writeHeader(folder: string): number {
  const config = configOf(size);
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  const parameters = blipVqa.parameters(config);
  let end = 0;
  const header = Object.fromEntries(
    parameters.map(({ name, shape }) => {
      const begin = end;
      end += 4 * sizeOf(shape);
      return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
    }),
  );
  const bytes = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  const file = openSync(path.join(folder, 'model.safetensors'), 'w');
  writeSync(file, length);
  writeSync(file, bytes);
  ftruncateSync(file, 8 + bytes.length + end);
  closeSync(file);
  return parameters.length;
}

function writeData(folder: string): void {
  if (existsSync(path.join(folder, 'testset.json'))) return;
  let id = 0;
  for (const [split, count] of Object.entries(items)) {
    const records = Array.from({ length: count }, (_, i) => ({
      qid: ++id,
      image_name: `${split}${Math.floor(i / questions)}.jpg`,
      image_organ: ['HEAD', 'CHEST', 'ABD'][i % 3],
      question: `Is finding ${i % 997} seen in region ${i % 31}?`,
      answer: i % 2 ? 'yes' : `region ${i % 31}`,
      answer_type: i % 2 ? 'CLOSED' : 'OPEN',
      question_type: 'PRES',
      phrase_type: 'freeform',
    }));
    for (let image = 0; image * questions < count; image++)
      writeFileSync(path.join(folder, 'images', `${split}${image}.jpg`), '');
    writeFileSync(path.join(folder, `${split}set.json`), JSON.stringify(records));
  }
}

function specText(): string {
  const groups = Array.from({ length: 40 }, (_, i) => [
    `    "group${i}": {`,
    i % 4 === 3
      ? `      "pattern": "^text_decoder\\\\..*\\\\.(query|value)\\\\.weight$",`
      : `      "kind": ["${['attention', 'ffn', 'layernorm'][i % 3]}"],`,
    `      "layers": "${i % 8}-${(i % 8) + 4}"`,
    '    },',
  ]).flat();
  const adapters = Array.from({ length: 40 }, (_, i) => [
    `    "lora${i}": {`,
    '      "type": "lora",',
    `      "rank": ${1 + i},`,
    '      "targets": ["query", "value"]',
    '    },',
  ]).flat();
  const head = [
    '{',
    '  "version": 1,',
    '  "name": "bench",',
    '  "models": { "blip": { "family": "blip_vqa", "path": "models/blip" } },',
    '  "datasets": { "rad": { "format": "vqa_rad", "path": "data/rad" } },',
    '  "tasks": {',
    '    "vqa": {',
    '      "type": "vqa",',
    '      "train": ["rad/train"],',
    '      "test": ["rad/test"],',
    '      "metrics": ["exact_match", "closed_accuracy"],',
    '      "select_by": "exact_match"',
    '    }',
    '  },',
    '  "parameter_groups": {',
    ...groups,
    '    "norms": { "kind": "layernorm" }',
    '  },',
    '  "adapters": {',
    ...adapters,
    '    "lora_last": { "type": "lora", "rank": 64, "targets": ["value"] }',
    '  },',
    '  "methods": {',
  ];
  const tail = ['    "base": {}', '  },', '  "training": { "num_epochs": 2, "batch_size": 8 }', '}', ''];
  const methods: string[] = [];
  for (let i = 0; head.length + methods.length + tail.length + 5 <= lines; i++)
    methods.push(
      `    "method${i}": {`,
      `      // what number ${i} tunes`,
      `      "components": { "text_decoder": "${i % 2 ? 'group' : 'lora'}${i % 40}" },`,
      `      "learning_rate": ${i + 1}e-6`,
      '    },',
    );
  const filling = Array.from(
    { length: lines - head.length - methods.length - tail.length + 1 },
    () => '    // more to come',
  );
  return [...head, ...methods, ...filling, ...tail].join('\n');
}

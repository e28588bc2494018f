/** A folder with a spec like the demo's, a tiny model (its config.json alone) and the heads of a VQA-RAD data set. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Fixture {
  folder: string;
  at(name: string): string;
  dispose(): void;
}

/** Two layers, eight wide: counts below can be checked by hand. */
const config = {
  model_type: 'blip',
  vision_config: {
    hidden_size: 8,
    intermediate_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    image_size: 16,
    patch_size: 8,
  },
  text_config: {
    vocab_size: 32,
    hidden_size: 8,
    encoder_hidden_size: 8,
    intermediate_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    max_position_embeddings: 16,
    bos_token_id: 1,
    sep_token_id: 2,
  },
};

const record = {
  qid: 1,
  image_organ: 'HEAD',
  answer: 'yes',
  answer_type: 'CLOSED',
  question_type: 'PRES',
  question: 'Is there a mass?',
  phrase_type: 'freeform',
};

export function makeFixture(): Fixture {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'medpeft-spec-')));
  const at = (name: string) => path.join(folder, name);
  mkdirSync(at('models/tiny'), { recursive: true });
  mkdirSync(at('data/rad/images'), { recursive: true });
  writeFileSync(at('models/tiny/config.json'), JSON.stringify(config));
  const train = Array.from({ length: 10 }, (_, i) => ({ ...record, qid: i, image_name: `train${i}.jpg` }));
  const test = [{ ...record, image_name: 'test.jpg' }];
  writeFileSync(at('data/rad/trainset.json'), JSON.stringify(train));
  writeFileSync(at('data/rad/testset.json'), JSON.stringify(test));
  for (const { image_name: name } of [...train, ...test]) writeFileSync(at(`data/rad/images/${name}`), '');
  return { folder, at, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A spec without a mistake. */
export const goodSpec = `{
  "version": 1,
  "name": "compare",
  // one model, one data set
  "models": { "tiny": { "family": "miss", "path": "models/tiny" } },
  "datasets": { "rad": { "format": "vqa_rad", "path": "data/rad" } },
  "tasks": {
    "vqa": {
      "type": "vqa",
      "train": ["rad/train"],
      "validation": { "from": "rad/train", "fraction": 0.1, "by": "image", "seed": 0 },
      "test": ["rad/test"],
      "metrics": ["exact_match", "closed_accuracy"],
      "select_by": "exact_match"
    }
  },
  "parameter_groups": { "norms": { "kind": "layernorm" }, "attn": { "kind": "attention" } },
  "adapters": { "lora8": { "type": "lora", "rank": 8, "targets": ["query", "value"] } },
  "methods": {
    "base": {},
    "layernorm": { "components": { "*": "norms" }, "learning_rate": 1e-3 },
    "lora": { "components": { "text": ["norms", "lora8"] }, "learning_rate": { "norms": 1e-3, "lora8": 3e-4 } }
  },
  "training": { "num_epochs": 2, "batch_size": 4 },
  "compare": { "reference": "base" },
  "runtime": { "output_dir": "runs" }
}
`;

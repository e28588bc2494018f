/** Whole entries for the top-level objects: a snippet a kind of model, data set, task, group, adapter and method. */
import type { Section } from '../places';
import { slot } from '../snippets';

export interface Entry {
  /** Name of the new entry, changed by a number if it is taken. */
  name: string;
  description: string;
  /** The entry's settings, one string a line, as a snippet: `$1` is the first place to fill in. */
  body: readonly string[];
}

/** Names that an entry may refer to: of this spec, or words to start with. */
export interface Known {
  datasets: readonly string[];
  parameter_groups: readonly string[];
  adapters: readonly string[];
}

const one = (known: readonly string[], fallback: string) => `"${slot(1, known[0] ?? fallback)}"`;

const model = (name: string, description: string): Entry => ({
  name,
  description,
  body: [`"family": "${name}",`, `"path": "${slot(1, `models/${name}`)}"`],
});

const dataset = (name: string, format: string, description: string): Entry => ({
  name,
  description,
  body: [`"format": "${format}",`, `"path": "${slot(1, `data/${name}`)}"`],
});

const vqa = ({ datasets }: Known): Entry => {
  const data = datasets[0] ?? 'data';
  return {
    name: 'vqa',
    description:
      'Visual question answering: trains on one split, chooses on a part held out by image, is scored on the test split.',
    body: [
      '"type": "vqa",',
      `"train": ["${slot(1, `${data}/train`)}"],`,
      `"validation": { "from": "${slot(1, `${data}/train`)}", "fraction": 0.1, "by": "image", "seed": 0 },`,
      `"test": ["${slot(2, `${data}/test`)}"],`,
      '"metrics": ["exact_match", "closed_accuracy", "open_recall"],',
      '"select_by": "exact_match"',
    ],
  };
};

const group = (name: string, kind: string, description: string): Entry => ({
  name,
  description,
  body: [`"kind": "${kind}"`],
});

const method = (name: string, description: string, component: string, part: string, rate: string): Entry => ({
  name,
  description,
  body: [`"components": { "${component}": ${part} },`, `"learning_rate": ${slot(2, rate)}`],
});

/** What can be added to each top-level object. */
export const entries: Readonly<Record<Section, (known: Known) => Entry[]>> = {
  models: () => [
    model('miss', 'MISS: a BLIP-like model for medical VQA.'),
    model('blip_vqa', 'BLIP for visual question answering.'),
    model('blip_caption', 'BLIP for captions: it goes on with a prompt.'),
    model('llava', 'LLaVA or LLaVA-Med: CLIP, a projector, Mistral or LLaMA.'),
    model('llama', 'A LLaMA or Mistral language model alone.'),
  ],
  datasets: () => [
    dataset('rad', 'vqa_rad', 'VQA-RAD.'),
    dataset('slake', 'slake', 'SLAKE.'),
    dataset('path', 'pathvqa', 'PathVQA.'),
  ],
  tasks: (known) => [vqa(known)],
  parameter_groups: () => [
    group('norms', 'layernorm', 'Gains and biases of all LayerNorms.'),
    group('attn', 'attention', 'All attention layers.'),
    group('ffn', 'ffn', 'All feed-forward layers.'),
    { name: 'biases', description: 'All biases (BitFit, Ben Zaken et al. 2022).', body: ['"parameters": ["bias"]'] },
  ],
  adapters: () => [
    {
      name: 'lora8',
      description: 'Low-rank adaptation (Hu et al. 2021).',
      body: [
        '"type": "lora",',
        `"rank": ${slot(1, '8')},`,
        `"alpha": ${slot(2, '16')},`,
        '"targets": ["query", "value"]',
      ],
    },
  ],
  methods: ({ parameter_groups, adapters }) => [
    { name: 'base', description: 'The untuned model: zero-shot.', body: [] },
    method('layernorm', 'Tunes the LayerNorms of every component.', '*', one(parameter_groups, 'norms'), '1e-3'),
    method('lora', 'LoRA in every component that reads or writes text.', 'text', one(adapters, 'lora8'), '3e-4'),
    method('full', 'Tunes every tensor.', '*', '"all"', '1e-5'),
  ],
};

/** Whole entries for the top-level objects: a snippet a kind of model, data set, task, group, adapter and method. */
import { type Format, formats } from '../../runner/data/formats';
import type { Metric } from '../../schemas/generated/spec';
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
  /** With the splits that their formats have, where those say. */
  datasets: readonly { name: string; splits?: readonly string[] }[];
  parameter_groups: readonly string[];
  /** Name -> type. */
  adapters: Readonly<Record<string, unknown>>;
}

const one = (known: readonly string[], fallback: string) => `"${slot(1, known[0] ?? fallback)}"`;

const model = (name: string, description: string): Entry => ({
  name,
  description,
  body: [`"family": "${name}",`, `"path": "${slot(1, `models/${name}`)}"`],
});

/** Short names of data sets; a format without one has its own. */
const shortNames: Readonly<Record<string, string>> = {
  vqa_rad: 'rad',
  pathvqa: 'path',
  pmc_vqa: 'pmc',
  llava_json: 'chats',
  iu_xray: 'iu',
  mimic_cxr: 'mimic',
};

const dataset = ({ id, summary }: Format): Entry => {
  const name = shortNames[id] ?? id;
  return { name, description: summary, body: [`"format": "${id}",`, `"path": "${slot(1, `data/${name}`)}"`] };
};

const task = (
  name: string,
  description: string,
  { datasets }: Known,
  { by, metrics }: { by: 'image' | 'item'; metrics: readonly [Metric, ...Metric[]] },
): Entry => {
  const { name: data, splits } = datasets[0] ?? { name: 'data' };
  const train = slot(1, `${data}/${!splits || splits.includes('train') ? 'train' : splits[0]}`);
  const test = !splits || splits.includes('test') ? [`"test": ["${slot(2, `${data}/test`)}"],`] : [];
  return {
    name,
    description,
    body: [
      `"type": "${name}",`,
      `"train": ["${train}"],`,
      `"validation": { "from": "${train}", "fraction": 0.1, "by": "${by}", "seed": 0 },`,
      ...test,
      `"metrics": [${metrics.map((metric) => `"${metric}"`).join(', ')}],`,
      `"select_by": "${metrics[0]}"`,
    ],
  };
};

const adapter = (name: string, description: string, ...body: string[]): Entry => ({ name, description, body });

/** An adapter that is named as its type and has one setting to choose. */
const sized = (type: string, description: string, setting: string, value: string): Entry =>
  adapter(type, description, `"type": "${type}",`, `"${setting}": ${slot(1, value)}`);

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
  datasets: () => [...formats.values()].map(dataset),
  tasks: (known) => [
    task(
      'vqa',
      'Visual question answering: trains on one split, chooses on a part held out by image, is scored on the test split.',
      known,
      { by: 'image', metrics: ['exact_match', 'closed_accuracy', 'open_recall'] },
    ),
    task('report_generation', 'Report generation: images in, a report out.', known, {
      by: 'image',
      metrics: ['bleu_4', 'rouge_l', 'meteor_exact_stem_delta_half'],
    }),
    task('instruction', 'Chats on images, for `llava` and `llama`.', known, {
      by: 'item',
      metrics: ['open_recall', 'exact_match'],
    }),
  ],
  parameter_groups: () => [
    group('norms', 'layernorm', 'Gains and biases of all LayerNorms.'),
    group('attn', 'attention', 'All attention layers.'),
    group('ffn', 'ffn', 'All feed-forward layers.'),
    { name: 'biases', description: 'All biases (BitFit, Ben Zaken et al. 2022).', body: ['"parameters": ["bias"]'] },
  ],
  adapters: () => [
    adapter(
      'lora8',
      'Low-rank adaptation (Hu et al. 2021).',
      '"type": "lora",',
      `"rank": ${slot(1, '8')},`,
      `"alpha": ${slot(2, '16')},`,
      '"targets": ["query", "value"]',
    ),
    adapter(
      'ia3',
      'IA3: learned rescaling of keys, values and feed-forward activations (Liu et al. 2022).',
      '"type": "ia3",',
      '"targets": ["key", "value", "ffn_output"],',
      '"feedforward_targets": ["ffn_output"]',
    ),
    sized('prefix', 'Prefix tuning (Li and Liang 2021).', 'num_virtual_tokens', '20'),
    sized('prompt', 'Prompt tuning (Lester et al. 2021).', 'num_virtual_tokens', '20'),
    sized('houlsby', 'Adapters after attention and FFN (Houlsby et al. 2019).', 'bottleneck_size', '64'),
    sized('pfeiffer', 'Adapters after the FFN (Pfeiffer et al. 2020).', 'bottleneck_size', '64'),
    sized('parallel', 'Adapters beside the FFN (He et al. 2022).', 'bottleneck_size', '64'),
  ],
  methods: ({ parameter_groups: groups, adapters }) => {
    const ofType = (type: string, fallback: string) =>
      one(
        Object.keys(adapters).filter((name) => adapters[name] === type),
        fallback,
      );
    return [
      { name: 'base', description: 'The untuned model: zero-shot.', body: [] },
      method('layernorm', 'Tunes the LayerNorms of every component.', '*', one(groups, 'norms'), '1e-3'),
      method('lora', 'LoRA in every component that reads or writes text.', 'text', ofType('lora', 'lora8'), '3e-4'),
      method('ia3', 'IA3 in every component that reads or writes text.', 'text', ofType('ia3', 'ia3'), '1e-2'),
      method('prefix', 'A prefix before every text.', 'text', ofType('prefix', 'prefix'), '1e-2'),
      method('full', 'Tunes every tensor.', '*', '"all"', '1e-5'),
      {
        name: 'grid',
        description: 'One method for each combination: vision encoder frozen or tuned, text tuned so or so.',
        body: [
          '"combine": {',
          `\t"vision_encoder": ["frozen", ${one(groups, 'norms')}],`,
          `\t"text": [${one(groups, 'norms')}, ${ofType('lora', 'lora8').replace('1:', '2:')}]`,
          '},',
          `"learning_rate": ${slot(3, '1e-3')}`,
        ],
      },
    ];
  },
};

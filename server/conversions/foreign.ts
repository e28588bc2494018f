/** Settings of adapters as other tools write them, in the words of a spec. Facts from peft 0.21's configs and LLaMA-Factory's finetuning arguments. */
import { spellings } from '../fixes/spellings';

type Values = Readonly<Record<string, unknown>>;

export interface Converted {
  /** Of which tool the settings are, for people. */
  from: string;
  /** A name for it, where it has none. */
  name: string;
  adapter: Record<string, unknown>;
  /** Settings of the training as a whole. */
  training: Record<string, unknown>;
  /** What could not be carried over, in words. */
  left: string[];
}

/** Undefined for what is no such settings. */
export function convertForeign(value: unknown): Converted | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const values = value as Values;
  if (typeof values.peft_type === 'string') return fromPeft(values, values.peft_type);
  const factory = ['finetuning_type', 'lora_rank', 'lora_target'].some((key) => key in values);
  return factory ? fromFactory(values) : undefined;
}

/** `peft_type` -> type, and the settings that each has. */
const peftTypes: Readonly<Record<string, { type: string; settings: readonly string[] }>> = {
  LORA: { type: 'lora', settings: ['r', 'lora_alpha', 'lora_dropout', 'target_modules', 'use_rslora', 'use_dora'] },
  IA3: { type: 'ia3', settings: ['target_modules', 'feedforward_modules'] },
  PREFIX_TUNING: { type: 'prefix', settings: ['num_virtual_tokens', 'prefix_projection', 'encoder_hidden_size'] },
  PROMPT_TUNING: { type: 'prompt', settings: ['num_virtual_tokens'] },
};

/** What changes nothing of what is computed. */
const silent = [
  'peft_type',
  'peft_version',
  'auto_mapping',
  'base_model_name_or_path',
  'revision',
  'task_type',
  'inference_mode',
  'megatron_config',
  'megatron_core',
  'init_ia3_weights',
  'token_dim',
  'num_transformer_submodules',
  'num_attention_heads',
  'num_layers',
  'loftq_config',
  'eva_config',
  'corda_config',
  'runtime_config',
];

function fromPeft(values: Values, peftType: string): Converted | undefined {
  const known = peftTypes[peftType];
  if (!known) return undefined;
  const adapter: Record<string, unknown> = { type: known.type };
  const left: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (silent.includes(key) || isOff(key, value)) continue;
    if (known.settings.includes(key)) put(adapter, spellings[key] ?? key, value);
    else left.push(`${key} ${JSON.stringify(value)}`);
  }
  // peft keeps the hidden size of the projection beside prefixes that have none
  if (known.type === 'prefix' && adapter.projection !== true) delete adapter.projection_size;
  return { from: 'Hugging Face peft', name: nameOf(adapter), adapter, training: {}, left };
}

const factoryAdapter = ['lora_rank', 'lora_alpha', 'lora_dropout', 'lora_target', 'use_rslora', 'use_dora'];
/** As in LLaMA-Factory's arguments, which are transformers'; with their names here. */
const factoryTraining: Readonly<Record<string, string>> = {
  learning_rate: 'learning_rate',
  num_train_epochs: 'num_epochs',
  max_steps: 'max_steps',
  per_device_train_batch_size: 'batch_size',
  gradient_accumulation_steps: 'gradient_accumulation_steps',
  lr_scheduler_type: 'lr_scheduler',
  warmup_ratio: 'warmup_ratio',
  warmup_steps: 'warmup_steps',
  weight_decay: 'weight_decay',
  max_grad_norm: 'max_grad_norm',
  eval_steps: 'eval_steps',
  save_steps: 'save_steps',
  logging_steps: 'logging_steps',
};

function fromFactory(values: Values): Converted | undefined {
  if (values.finetuning_type !== undefined && values.finetuning_type !== 'lora') return undefined;
  const adapter: Record<string, unknown> = { type: 'lora' };
  const training: Record<string, unknown> = {};
  const left: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (key === 'finetuning_type' || value === null || value === false) continue;
    if (factoryAdapter.includes(key)) put(adapter, spellings[key] ?? key, value);
    else if (Object.hasOwn(factoryTraining, key)) training[factoryTraining[key]!] = value;
    else left.push(`${key} ${JSON.stringify(value)}`);
  }
  // its defaults: rank 8, alpha twice the rank, all linear layers
  adapter.rank ??= 8;
  adapter.alpha ??= 2 * Number(adapter.rank);
  adapter.targets ??= [everyLinear];
  return { from: 'LLaMA-Factory', name: nameOf(adapter), adapter, training, left };
}

/** Settings at a value at which they do nothing. */
function isOff(key: string, value: unknown): boolean {
  if (key === 'bias') return value === 'none';
  if (key === 'init_lora_weights') return value === true;
  if (key === 'prompt_tuning_init') return value === 'RANDOM';
  const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return value === null || value === false || empty;
}

function put(adapter: Record<string, unknown>, key: string, value: unknown): void {
  if (key === 'targets' || key === 'feedforward_targets') adapter[key] = targetsOf(value);
  else adapter[key] = value;
}

const everyLinear = '.*';

/** Names of layers that mean one role in every model -> the role. */
const roleOf: Readonly<Record<string, string>> = {
  q_proj: 'query',
  k_proj: 'key',
  v_proj: 'value',
  o_proj: 'attention_output',
  query: 'query',
  key: 'key',
  value: 'value',
  qkv: 'query_key_value',
  up_proj: 'ffn_input',
  fc1: 'ffn_input',
  gate_proj: 'ffn_gate',
  down_proj: 'ffn_output',
  fc2: 'ffn_output',
};

/** peft takes a list of names for the ends of paths, and one text for an expression that matches the whole path. */
function targetsOf(value: unknown): string[] {
  if (value === 'all-linear' || value === 'all') return [everyLinear];
  if (typeof value === 'string' && /^[\w.]+(,\s*[\w.]+)+$/.test(value)) return targetsOf(value.split(/,\s*/));
  if (typeof value === 'string') return [Object.hasOwn(roleOf, value) ? roleOf[value]! : `^(${value})$`];
  const names = Array.isArray(value) ? value.map(String) : [];
  return [...new Set(names.map((name) => (Object.hasOwn(roleOf, name) ? roleOf[name]! : `(^|\\.)${escaped(name)}$`)))];
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const nameOf = ({ type, rank }: Record<string, unknown>) =>
  type === 'lora' && typeof rank === 'number' ? `lora${rank}` : String(type);

/** What the rest of the program knows of a model: its parameters by component and kind, and what it computes. */
import type { Batch } from '../data/types';
import type { Noise } from './dropout';
import type { Hypothesis, SearchSettings } from './generation';
import type { Ranked, RankingSettings } from './ranking';

export type Component = 'vision_encoder' | 'projector' | 'text_encoder' | 'text_decoder' | 'language_model';
/** Kinds partition the tensors of a model: each tensor has exactly one. */
export type Kind = 'layernorm' | 'attention' | 'ffn' | 'embeddings' | 'head' | 'projector' | 'other';
/** What a linear layer does, the same word in every family; `targets` of adapters are written in these. */
export type Role =
  | 'query'
  | 'key'
  | 'value'
  | 'query_key_value'
  | 'attention_output'
  | 'ffn_input'
  | 'ffn_gate'
  | 'ffn_output'
  | 'patch_embedding';
/** Where methods act beside linear layers: keys and values of a decoder's self-attention, embeddings of its input, outputs of sublayers. */
export type SiteKind = 'linear' | 'keysValues' | 'embeddings' | 'output';
export type DType = 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I8' | 'U8' | 'BOOL' | 'F64';

/** One tensor of the base model, as the family places it. */
export interface Parameter {
  /** Name in the checkpoint file. Patterns match this; trained tensors are saved under it. */
  name: string;
  /** Name in the family's network (Hugging Face names for BLIP); equals `name` where the file uses them. */
  canonical: string;
  component: Component;
  kind: Kind;
  /** Zero-based layer within its component; undefined for what stands outside the layers. */
  layer?: number;
  role?: Role;
  /** The site that is known by this weight, beside its linear layer: path in the network, and the number of heads that it has: of keys, or of queries behind embeddings. */
  site?: { kind: Exclude<SiteKind, 'linear'>; path: string; heads?: number };
  part: 'weight' | 'bias';
  shape: readonly number[];
}

/** A trainable tensor: float32, updated in place by the optimiser. */
export interface Trainable {
  /** Checkpoint name of a base tensor, or the added tensor's PEFT name. */
  name: string;
  shape: readonly number[];
  value: Float32Array;
  added: boolean;
  component: Component;
  kind: Kind | 'added';
  /** Whether weight decay applies: not to LayerNorm/RMSNorm tensors nor to biases. */
  decay: boolean;
  /** Name of the parameter group or adapter that selected it: rates and decay by group are looked up by this. */
  group: string;
}

export interface LossSettings {
  /** `hf`: mean over target tokens. `miss`: sum over tokens, divided by the rows of the batch. */
  kind: 'hf' | 'miss';
  /** HF default 0, MISS 0.1. */
  labelSmoothing: number;
}

export interface GenerationSettings {
  numBeams: number;
  maxNewTokens: number;
  minNewTokens: number;
  lengthPenalty: number;
  questionMask: 'ones' | 'keep';
}

/** Loss and gradients of one micro-batch. */
export interface Gradients {
  /** Sum of token losses divided by `normalizer`. */
  loss: number;
  targetTokens: number;
  /** By name of the trainable, in the order in which they were computed; float32, the trainable's shape; d loss / d tensor. */
  gradients: Map<string, Float32Array>;
}

/** A model ready to compute: weights loaded, method applied. Owned by one run; not shared. */
export interface Model {
  /** In a fixed order, the same for every process that builds this model and method. */
  readonly trainables: readonly Trainable[];
  /** Every base tensor, tied ones once. */
  readonly parameters: readonly Parameter[];
  /**
   * Loss and gradients for the trainables.
   * @param noise which training pass it is, for what is dropped in it; without it nothing is dropped
   * @param normalizer what the summed token loss is divided by: target tokens of all micro-batches of the step (`hf`) or their rows (`miss`).
   */
  lossAndGradients(batch: Batch, loss: LossSettings, normalizer: number, noise?: Noise): Promise<Gradients>;
  /** Targets of a batch as the loss counts them: tokens with a label that something stands before, be it a token or a prompt. */
  targetTokens(batch: Batch): number;
  /** Loss alone, normalised as above. */
  loss(batch: Batch, loss: LossSettings, normalizer: number): Promise<number>;
  /** Generated token ids of each row, without the start token and from the stop token on cut off. */
  generate(batch: Batch, settings: GenerationSettings): Promise<number[][]>;
  /**
   * Chooses among given answers: image and question are encoded once, and each beginning of candidates is read once.
   * @param candidates tokens of each answer as training would read them, without the start token and with the stop token
   * @returns of each row the candidates that were read to their end, best first
   */
  rank(batch: Batch, candidates: readonly (readonly number[])[], settings: RankingSettings): Promise<Ranked[][]>;
  /** Frozen tensors that are read from the checkpoint anew whenever they are used: nothing here can move them. None if absent. */
  readonly streamed?: ReadonlySet<string>;
  /** Bytes of a base tensor as loaded (float32), for the check that frozen tensors did not move; of a streamed one, as it is in the file. */
  tensor(name: string): Float32Array;
  dispose(): Promise<void>;
}

/** Settings that no spec has, too: transformers' `early_stopping`. */
export type DecodeSettings = GenerationSettings & Pick<SearchSettings, 'earlyStopping'>;

/** A model that also shows what it computes on the way, for checks against other implementations. */
export interface InspectableModel extends Model {
  /** Hidden states by the names of the reference implementation's layers, and `logits`: the scores at every position of the decoder. */
  hiddenStates(batch: Batch): Promise<ReadonlyMap<string, { data: Float32Array; shape: readonly number[] }>>;
  /** As `generate`, with the stop token where it was reached, and the scores. */
  decode(batch: Batch, settings: DecodeSettings): Promise<Hypothesis[]>;
}

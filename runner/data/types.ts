/** Records, items and batches: data on its way from files to a model. */
import type { Dataset as DatasetSettings } from '../../schemas/generated/spec';
import type { Exchange } from './prompts';

/** What every record has, as a reader gives it: cleaned of quirks that carry no meaning, with its origin kept. */
interface RecordItem {
  /** Unique within a split. */
  id: string;
  /** Who was imaged, where the data set says so: what a split by patient keeps together. */
  patient?: string;
  /** The record's own fields under their own names, as text, for filters and slices (organ, phrase type, licence …). */
  fields: Record<string, string>;
}

/** One question on one image. */
export interface VqaItem extends RecordItem {
  kind: 'vqa';
  /** Image path relative to the data set's image folder, `/` between its parts. */
  image: string;
  /** SHA-256 of the image, where records on one image name it by different paths (rows of a parquet file). */
  imageHash?: string;
  question: string;
  answer: string;
  answerType: 'closed' | 'open';
  questionType?: string;
  /** The answers to choose from, in their order, where the record lists them. */
  choices?: readonly string[];
}

/** An image of a study. */
export interface ReportImage {
  /** Path relative to the data set's image folder. */
  image: string;
  /** Projection in the data set's own word: Frontal, Lateral, PA, AP … */
  view?: string;
}

/** One study: its images and its report. A caption is a report without sections. */
export interface ReportItem extends RecordItem {
  kind: 'report';
  /** At least one, in the file's order. */
  images: readonly ReportImage[];
  /** Section name in lower case (findings, impression, indication …) -> text, never empty; {} where the file has only whole reports. */
  sections: Readonly<Record<string, string>>;
  /** The whole report as the file gives it; where the file gives sections only: findings, a blank, impression. */
  report: string;
  /** Finding -> 1 present, 0 absent, -1 uncertain, where the data set has labels (CheXpert, NegBio); not mentioned: no entry. */
  labels?: Readonly<Record<string, number>>;
}

export interface Turn {
  from: 'system' | 'user' | 'assistant';
  /** Without the `<image>` mark. */
  text: string;
}

/** One chat. */
export interface InstructionItem extends RecordItem {
  kind: 'instruction';
  /** Image paths relative to the data set's image folder; none for a chat about text alone. */
  images: readonly string[];
  turns: readonly Turn[];
  /** Where the `<image>` mark stands in the first turn of the user, if anywhere. */
  imageMark?: 'before' | 'after';
  answerType?: 'closed' | 'open';
}

/** A record of any kind. */
export type Item = VqaItem | ReportItem | InstructionItem;

/** Every image that a record names, in its order. */
export function imagesOf(item: Item): readonly string[] {
  if (item.kind === 'vqa') return [item.image];
  return item.kind === 'report' ? item.images.map(({ image }) => image) : item.images;
}

/** Those of the items that are questions on an image. */
export function vqaItems(items: readonly Item[]): VqaItem[] {
  return items.filter((item) => item.kind === 'vqa');
}

/** A record that could not be made into an item. */
export interface BadRecord {
  split: string;
  id: string;
  /** The same words for the same defect, so that reasons can be counted. */
  reason: string;
}

/** The reason of a record that stands under the id of another. */
export const repeatedId = 'the id occurs twice in the split';

/** A data set that has been read: items by split. */
export interface Dataset {
  /** Folder that image paths are relative to. */
  imageFolder: string;
  /** `image_options` of the spec. */
  imageOptions?: DatasetSettings['image_options'];
  splits: ReadonlyMap<string, readonly Item[]>;
  /** SHA-256 by file of what was read, and one of the names and sizes of all images. */
  fileHashes: Record<string, string>;
  /** Records that could not be used and were skipped, with the reason. */
  skipped: BadRecord[];
}

/**
 * An item of a task, whatever its record was: image and question in, answer out. For a report the question is the task's prompt and the
 * answer the sections that the task asks for. It knows the data set that it came from.
 */
export interface TaskItem {
  id: string;
  /** Relative to the data set's image folder; absent for a chat about text alone. */
  image?: string;
  /** As in VqaItem. */
  imageHash?: string;
  question: string;
  answer: string;
  answerType?: 'closed' | 'open';
  questionType?: string;
  choices?: readonly string[];
  patient?: string;
  fields: Record<string, string>;
  /** The data set's name in the spec. */
  dataset: string;
  /** Where it was read: `dataset/split`. */
  split: string;
  /** Absolute path of the image; of several, the first. */
  imageFile?: string;
  /** Absolute paths of further images: of a study, where the task uses all views; of a chat. */
  moreImageFiles?: readonly string[];
  /** Of a chat: what the question is asked after. */
  chat?: { system?: string; earlier: readonly Exchange[] };
  /** Whether the answers within `chat` are taught, too: training reads a chat once, scoring asks for each of its answers. */
  teachesEarlier?: boolean;
}

export interface SplitCounts {
  items: number;
  images: number;
  /** Of a test or transfer split: images that also occur in the training or validation items. */
  seen_images?: number;
}

/** A validation part that was held out of a training split, as the run folder keeps it. */
export interface HeldOut {
  /** `dataset/split`. */
  from: string;
  fraction: number;
  by: 'item' | 'image' | 'patient';
  seed: number;
  /** Ids of the records of `from` that are validated on, in the file's order. */
  validation: readonly string[];
}

/** Split (`dataset/split`) -> reason -> number of records that were left out. */
export type SkippedCounts = Record<string, Record<string, number>>;

/** The items that a task trains on, chooses on and is scored on. */
export interface ResolvedSplits {
  train: TaskItem[];
  validation: TaskItem[];
  /** By split reference, `dataset/split`, in the spec's order. */
  test: Map<string, TaskItem[]>;
  transfer: Map<string, TaskItem[]>;
  /** Where validation was held out of a training split. */
  heldOut?: HeldOut;
}

/** Role (train, validation, test, transfer) -> split -> sizes, as the run's manifest records them. */
export type RoleCounts = Record<string, Record<string, SplitCounts>>;

/**
 * One micro-batch. Rows are questions; an image that several rows ask about stands once.
 * B rows, U unique images, T question tokens, A answer tokens; padding on the right.
 *
 * Where an answer goes on with its question in one text (BLIP captions, LLaVA, LLaMA), the question is a prompt, padded on the left, that answers are generated after; and
 * what the decoder reads in training is prompt and answer, of which the answer has labels.
 */
export interface Batch {
  ids: string[];
  /** Content hash of each image, U long (the views of a study stand together): key of cached image features. */
  imageKeys: string[];
  /** Images of each study, whose tokens are joined; 1 if absent. */
  views?: number;
  /** float32 [U, 3, H, W], normalised. */
  pixelValues: Float32Array;
  imageSize: number;
  /** B long: index into the studies, of which there are U / views. */
  imageOf: Int32Array;
  /** int32 [B, T]. */
  inputIds: Int32Array;
  /** 1 = token, 0 = padding; [B, T]. */
  attentionMask: Int32Array;
  questionLength: number;
  /** int32 [B, A]: start token, then the answer. */
  decoderInputIds: Int32Array;
  decoderAttentionMask: Int32Array;
  /** int32 [B, A]: as decoderInputIds with -100 where there is no target; not shifted, logits[:, :-1] meet labels[:, 1:]. */
  labels: Int32Array;
  answerLength: number;
}

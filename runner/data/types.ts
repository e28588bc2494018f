/** Records, items and batches: data on its way from files to a model. */

/** One question on one image, as a reader gives it: cleaned of quirks that carry no meaning, with its origin kept. */
export interface VqaItem {
  /** Unique within the data set. */
  id: string;
  /** Image path relative to the data set's folder. */
  image: string;
  question: string;
  answer: string;
  answerType: 'closed' | 'open';
  questionType?: string;
  /** The record's own fields under their own names, as text, for filters and slices (organ, phrase type …). */
  fields: Record<string, string>;
}

/** A record that could not be made into an item. */
export interface BadRecord {
  split: string;
  id: string;
  /** The same words for the same defect, so that reasons can be counted. */
  reason: string;
}

/** A data set that has been read: items by split. */
export interface Dataset {
  /** Folder that image paths are relative to. */
  imageFolder: string;
  splits: ReadonlyMap<string, readonly VqaItem[]>;
  /** SHA-256 by file of what was read (not the images). */
  fileHashes: Record<string, string>;
  /** Records that could not be used and were skipped, with the reason. */
  skipped: BadRecord[];
}

/** An item of a task: it knows the data set that it came from. */
export interface TaskItem extends VqaItem {
  /** The data set's name in the spec. */
  dataset: string;
  /** Where it was read: `dataset/split`. */
  split: string;
  /** Absolute path of the image. */
  imageFile: string;
}

export interface SplitCounts {
  items: number;
  images: number;
  /** Of a test or transfer split: images that also occur in the training or validation items. */
  seen_images?: number;
}

/** The items that a task trains on, chooses on and is scored on. */
export interface ResolvedSplits {
  train: TaskItem[];
  validation: TaskItem[];
  /** By split reference, `dataset/split`, in the spec's order. */
  test: Map<string, TaskItem[]>;
  transfer: Map<string, TaskItem[]>;
}

/** Role (train, validation, test, transfer) -> split -> sizes, as the run's manifest records them. */
export type RoleCounts = Record<string, Record<string, SplitCounts>>;

/**
 * One micro-batch. Rows are questions; an image that several rows ask about stands once.
 * B rows, U unique images, T question tokens, A answer tokens; padding on the right.
 */
export interface Batch {
  ids: string[];
  /** Content hash of each unique image, U long: key of cached image features. */
  imageKeys: string[];
  /** float32 [U, 3, H, W], normalised. */
  pixelValues: Float32Array;
  imageSize: number;
  /** B long: index into the unique images. */
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

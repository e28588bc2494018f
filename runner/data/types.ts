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
  /** The record's other fields, for filters and slices (organ, phrase type …). */
  fields: Record<string, string>;
}

/** A data set that has been read: items by split. */
export interface Dataset {
  /** Folder that image paths are relative to. */
  imageFolder: string;
  splits: ReadonlyMap<string, readonly VqaItem[]>;
  /** SHA-256 by file of what was read (not the images). */
  fileHashes: Record<string, string>;
  /** Items that could not be used and were skipped, with the reason. */
  skipped: { id: string; reason: string }[];
}

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

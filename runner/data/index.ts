/**
 * Data: files -> records -> items of a task -> batches. The image library is loaded when the first image is.
 * Who only needs names (language server, views) imports `formats/`.
 */
export { type BatchSettings, batches, batchesInOrder } from './batches';
export { blankImages } from './blank_image';
export { type CollateSettings, collate, countTruncated } from './collate';
export { openDataset } from './dataset';
export { type Format, formatOf, formats } from './formats';
export { decode } from './images/decode';
export type { DecodedImage } from './images/image';
export { type ImageLoader, type LoadedImage, loadImage, openImages } from './images/loader';
export { type Preprocessing, resolvePreprocessing } from './preprocessing';
export { withoutUnreadable } from './readable';
export { cleanAsR2Gen, type TextForms, textFormsOf } from './report_text';
export { countSkipped, skippedText } from './skipped';
export { countSplits, fileHashesOf, openDatasets, resolveSplits, splitReferences } from './splits';
export { eachAnswer } from './task_items';
export { cutWords, type TokenLimits, tokenLimits } from './token_limits';
export { openTokenizer, type Tokenizer } from './tokenizer';
export type {
  BadRecord,
  Batch,
  Dataset,
  HeldOut,
  InstructionItem,
  Item,
  ReportItem,
  ResolvedSplits,
  RoleCounts,
  SkippedCounts,
  SplitCounts,
  TaskItem,
  VqaItem,
} from './types';
export { imagesOf, vqaItems } from './types';

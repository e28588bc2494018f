/** What is said of a name; one line a source, in the order of the paragraphs. */
import { meaning } from './meaning';
import { parts } from './parts';
import type { HoverSource } from './request';

export const sources: readonly HoverSource[] = [meaning, parts];

/** The sources of inlay hints; one line a source. */
import type { HintSource } from './hint';
import { items } from './items';
import { methods } from './methods';
import { runs } from './runs';
import { training } from './training';

export const sources: readonly HintSource[] = [items, runs, methods, training];

/** What is said of a name; one line a source, in the order of the paragraphs. */
import { datasets } from './datasets';
import { meaning } from './meaning';
import { origin } from './origin';
import { parts } from './parts';
import { planned } from './planned';
import type { HoverSource } from './request';

export const sources: readonly HoverSource[] = [meaning, origin, datasets, parts, planned];

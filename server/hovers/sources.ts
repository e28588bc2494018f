/** What is said of a name; one line a source, in the order of the paragraphs. */
import { datasets } from './datasets';
import { meaning } from './meaning';
import { origin } from './origin';
import { parts } from './parts';
import { planned } from './planned';
import type { HoverRequest, HoverSource } from './request';
import { weights } from './weights';

const sources: readonly HoverSource[] = [meaning, origin, weights, datasets, parts, planned];

/** All that is said of a name, in Markdown paragraphs. */
export async function explained(request: HoverRequest): Promise<string[]> {
  return (await Promise.all(sources.map((source) => source(request)))).flat();
}

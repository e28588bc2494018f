/** A name that is hovered over, and what it stands for. */
import type { SpecDocument } from '../documents';
import type { Facts } from '../facts';
import { knownNames } from '../known-names';
import { type Spot, spotAt } from '../names';
import type { SpecText } from '../naming/spec-texts';
import type { Section } from '../places';
import type { Plans } from '../plans/plans';

export interface HoverRequest {
  document: SpecDocument;
  facts: Facts;
  plans: Plans;
  /** The spec, then those that it extends, nearest first. */
  chain: readonly SpecText[];
  section: Section;
  name: string;
  settings: unknown;
}

/** Says something about a name, in Markdown paragraphs. One file a source, one line in sources.ts. */
export type HoverSource = (request: HoverRequest) => string[] | Promise<string[]>;

/** The name at an offset and where it stands. Undefined where none is, or one that this spec does not know. */
export function hoverRequest(
  document: SpecDocument,
  offset: number,
  own: Pick<HoverRequest, 'facts' | 'plans' | 'chain'>,
): { spot: Spot; request: HoverRequest } | undefined {
  const spot = spotAt(document.tree, offset);
  if (!spot) return undefined;
  const { place, text } = spot;
  const [wanted, name]: [readonly Section[], string] =
    place.is === 'definition'
      ? [[place.section], text]
      : place.is === 'reference'
        ? [place.to, text]
        : place.is === 'split'
          ? [['datasets'], text.split('/')[0] ?? '']
          : [[], ''];
  for (const section of wanted) {
    const request = requestFor({ document, ...own }, section, name);
    if (request) return { spot, request };
  }
  return undefined;
}

/** For a name of a section; undefined where the spec does not know it. */
export function requestFor(
  own: Pick<HoverRequest, 'document' | 'facts' | 'plans' | 'chain'>,
  section: Section,
  name: string,
): HoverRequest | undefined {
  const known = knownNames(own.document, section).find((candidate) => candidate.name === name);
  return known && { ...own, section, ...known };
}

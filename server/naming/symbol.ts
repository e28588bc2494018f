/** The name under the cursor as one thing, wherever it is written: here, in the specs that this one extends, and in those that extend the same. */
import type { Section } from '../places';
import { covers, type Occurrence, occurrencesIn } from './occurrences';
import type { SpecText, SpecTexts } from './spec-texts';

export interface NamedThing {
  section: Section;
  name: string;
  /** Where the cursor stands. */
  here: Occurrence;
  /** The spec with the cursor, and those that it extends, nearest first. */
  chain: SpecText[];
  /** The last of these that defines the name: in all specs that extend it the name means this thing. */
  origin: SpecText;
}

export interface Found {
  spec: SpecText;
  occurrence: Occurrence;
}

/** What the name at an offset is; undefined where no name stands, or one that nothing defines. */
export async function thingAt(texts: SpecTexts, spec: SpecText, offset: number): Promise<NamedThing | undefined> {
  const here = occurrencesIn(spec.tree).find((occurrence) => covers(occurrence, offset));
  if (!here) return undefined;
  const chain = [spec, ...(await texts.basesOf(spec))];
  const definers = chain.flatMap((one) => {
    const found = occurrencesIn(one.tree).find(
      ({ is, of, name }) => is === 'definition' && here.of.includes(of[0]!) && name === here.name,
    );
    return found ? [{ spec: one, section: found.of[0]! }] : [];
  });
  const [nearest] = definers;
  const origin = definers.at(-1)?.spec;
  return nearest && origin && { section: nearest.section, name: here.name, here, chain, origin };
}

/** Every spec in which the name means this thing, the one with the cursor first. */
export async function specsOf(texts: SpecTexts, { chain, origin }: NamedThing): Promise<SpecText[]> {
  const all = [...chain, ...(await extending(texts, origin.file))];
  return all.filter((one, i) => all.findIndex(({ file }) => file === one.file) === i);
}

/** Specs that extend a file, over whatever number of steps. */
async function extending(texts: SpecTexts, file: string): Promise<SpecText[]> {
  const all = await texts.all();
  const heirs = await Promise.all(
    all.map(async (one) => ((await texts.basesOf(one)).some((base) => base.file === file) ? [one] : [])),
  );
  return heirs.flat();
}

/** Every place in these specs where the thing is named, by itself. */
export function placesOf({ section, name }: NamedThing, specs: readonly SpecText[]): Found[] {
  return specs.flatMap((spec) =>
    occurrencesIn(spec.tree)
      .filter((occurrence) => occurrence.of.includes(section) && occurrence.name === name)
      .map((occurrence) => ({ spec, occurrence })),
  );
}

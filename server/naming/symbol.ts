/** The name under the cursor as one thing, wherever it is written: here, in the specs that this one extends, and in those that extend the same. */
import { definitionsIn } from '../names';
import type { Section } from '../places';
import { covers, type Occurrence, occurrencesIn } from './occurrences';
import type { SpecText, SpecTexts } from './spec-texts';

export interface NamedThing {
  section: Section;
  name: string;
  /** Where the cursor stands. */
  here: Occurrence;
  /** The specs in which the name means this thing, the one with the cursor first. */
  specs: SpecText[];
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
    const found = definitionsIn(one.tree).find(({ section, name }) => here.of.includes(section) && name === here.name);
    return found ? [{ spec: one, section: found.section }] : [];
  });
  const [nearest] = definers;
  const first = definers.at(-1);
  if (!nearest || !first) return undefined;
  const heirs = await extending(texts, first.spec.file);
  const others = [...chain, ...heirs].filter((one, i, all) => all.findIndex(({ file }) => file === one.file) === i);
  return { section: nearest.section, name: here.name, here, specs: others };
}

/** Specs that extend a file, over whatever number of steps. */
async function extending(texts: SpecTexts, file: string): Promise<SpecText[]> {
  const all = await texts.all();
  const heirs = await Promise.all(
    all.map(async (one) => ((await texts.basesOf(one)).some((base) => base.file === file) ? [one] : [])),
  );
  return heirs.flat();
}

/** Every place where the thing is named, by itself. */
export function placesOf({ section, name, specs }: NamedThing): Found[] {
  return specs.flatMap((spec) =>
    occurrencesIn(spec.tree)
      .filter((occurrence) => occurrence.of.includes(section) && occurrence.name === name)
      .map((occurrence) => ({ spec, occurrence })),
  );
}

/** The names that a spec knows, its own and those of the specs that it extends, with what they stand for. */
import { getNodeValue } from 'jsonc-parser';
import { isObject } from '../schemas/json';
import type { SpecDocument } from './documents';
import { definitionsIn } from './names';
import type { Section } from './places';

export interface KnownName {
  name: string;
  /** What the name stands for: any JSON, since the text may be broken. */
  settings: unknown;
}

/** Of one section; what this text says wins over what it extends. */
export function knownNames(document: SpecDocument, section: Section): KnownName[] {
  const merged = document.section(section);
  const all = new Map<string, unknown>(isObject(merged) ? Object.entries(merged) : []);
  for (const { section: of, name, value } of definitionsIn(document.tree))
    if (of === section && !all.has(name)) all.set(name, value && getNodeValue(value));
  return [...all].map(([name, settings]) => ({ name, settings }));
}

/** What a name stands for in a few words, such as `lora adapter`. */
export function titleOf(section: Section, settings: unknown): string {
  const word = (key: string) => {
    const value = field(settings, key);
    return typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : undefined;
  };
  const parts: Record<Section, [string | undefined, string]> = {
    models: [word('family'), 'model'],
    datasets: [word('format'), 'data set'],
    tasks: [word('type'), 'task'],
    parameter_groups: [word('kind') ?? word('pattern'), 'parameter group'],
    adapters: [word('type'), 'adapter'],
    methods: [undefined, 'method'],
  };
  return parts[section].filter((part) => part !== undefined).join(' ');
}

export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

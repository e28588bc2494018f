/** Which frozen tensors stay in memory where not all of them fit. */
import type { Checkpoint } from './checkpoint';
import { sizeOf, valuesOf } from './safetensors';
import type { Parameter } from './types';

type Sized = Pick<Checkpoint, 'family' | 'parameters' | 'headerOf'>;

/**
 * Whether a frozen tensor may be read whenever it is used. Vectors may not: they are small. What is made to fit the model when it is loaded may not either.
 */
export function canStream({ name, shape }: Parameter, { headerOf }: Pick<Sized, 'headerOf'>): boolean {
  const stored = headerOf.get(name)?.tensors.get(name);
  return shape.length > 1 && (stored === undefined || valuesOf(stored) === sizeOf(shape));
}

/**
 * Names of the tensors that stay: trained ones, those that cannot be streamed, and of the rest whole layers as long as they fit. What reads text comes first, since
 * every token that is generated needs it; an image is encoded once.
 * @param bytes for those that might be streamed
 * @param halves names in the network of those that are held as float16; all others are float32
 */
export function residents(
  checkpoint: Sized,
  trained: ReadonlySet<string>,
  bytes: number,
  halves: ReadonlySet<string> = new Set(),
): Set<string> {
  const { family, parameters } = checkpoint;
  const held = new Set<string>();
  const layers = new Map<string, Parameter[]>();
  for (const parameter of parameters) {
    const { name, component, layer } = parameter;
    if (trained.has(name) || !canStream(parameter, checkpoint)) held.add(name);
    else {
      const key = `${family.textComponents.includes(component) ? 'text' : 'other'} ${component} ${layer}`;
      layers.set(key, [...(layers.get(key) ?? []), parameter]);
    }
  }
  let left = bytes;
  const isText = (key: string) => Number(key.startsWith('text '));
  for (const [, own] of [...layers].sort(([a], [b]) => isText(b) - isText(a))) {
    const size = own.reduce((sum, { canonical, shape }) => sum + (halves.has(canonical) ? 2 : 4) * sizeOf(shape), 0);
    if (size > left) continue;
    left -= size;
    for (const { name } of own) held.add(name);
  }
  return held;
}

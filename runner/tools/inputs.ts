/** What a model gave a tool, which may be anything. */
import path from 'node:path';
import { MedpeftError } from '../errors';

type Input = Readonly<Record<string, unknown>>;

/** A text that must be there. @throws MP4009 */
export function textOf(input: Input, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value.trim() === '')
    throw new MedpeftError('MP4009', `${name} is missing`, `give ${name} as a text`);
  return value;
}

/** @throws MP4009 for anything but a text */
export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || typeof value === 'string') return value;
  throw new MedpeftError('MP4009', `${name} is not a text`, `give ${name} as a text`);
}

/** An absolute path. @throws MP4009 */
export function pathOf(input: Input, name: string, root: string): string {
  return path.resolve(root, textOf(input, name));
}

/** `medpeft inspect model DIR [--family F]`: components, kinds, roles and counts of a checkpoint, from its headers. */
import path from 'node:path';
import { MedpeftError } from '../errors';
import { type Checkpoint, families, inspectCheckpoint } from '../models';
import { sizeOf } from '../models/safetensors';
import type { Parameter } from '../models/types';
import type { Output } from './command';

interface Counted {
  tensors: number;
  parameters: number;
}

/** @returns 0; what does not fit is thrown. */
export async function inspectModel(
  dir: string,
  family: string | undefined,
  json: boolean,
  output: Output,
): Promise<number> {
  const folder = path.resolve(dir);
  const checkpoint = family === undefined ? firstFitting(folder) : inspectCheckpoint(folder, family);
  output.result(json ? `${JSON.stringify(reportOn(checkpoint))}\n` : textOf(checkpoint));
  return 0;
}

/** The first family whose tensors these are. @throws what the first family says if none fits */
export function firstFitting(folder: string): Checkpoint {
  let first: unknown;
  for (const id of Object.keys(families)) {
    try {
      return inspectCheckpoint(folder, id);
    } catch (error) {
      // These two say that it is another family's; anything else is wrong for every family.
      if (!(error instanceof MedpeftError) || !['MP3004', 'MP3005'].includes(error.code)) throw error;
      first ??= error;
    }
  }
  throw first;
}

function reportOn({ folder, family, parameters, files, extras, hash }: Checkpoint): unknown {
  return {
    path: folder,
    family: family.id,
    weights: files.map((file) => path.basename(file)),
    ...count(parameters),
    components: family.components.map((component) => {
      const own = parameters.filter((parameter) => parameter.component === component);
      return {
        component,
        ...count(own),
        layers: layersOf(own),
        kinds: by(own, ({ kind }) => kind),
        roles: by(own, ({ role }) => role),
      };
    }),
    not_loaded: extras,
    hash,
  };
}

function textOf({ folder, family, parameters, files, extras }: Checkpoint): string {
  const total = count(parameters);
  const lines = [
    `${folder}: ${family.title} (${family.id})`,
    files.length === 0
      ? 'config.json alone, no weights'
      : `weights: ${files.map((file) => path.basename(file)).join(', ')}`,
    `${number(total.parameters)} parameters in ${total.tensors} tensors, tied ones counted once`,
  ];
  for (const component of family.components) {
    const own = parameters.filter((parameter) => parameter.component === component);
    lines.push('', `${component}: ${number(count(own).parameters)} parameters, ${layersOf(own)} layers`);
    for (const [kind, counted] of Object.entries(by(own, (parameter) => parameter.kind))) {
      const percent = ((100 * counted.parameters) / total.parameters).toPrecision(3);
      lines.push(
        `  ${kind.padEnd(12)} ${number(counted.parameters).padStart(13)}  ${percent.padStart(6)} %  ${counted.tensors} tensors`,
      );
    }
    const roles = Object.entries(
      by(
        own.filter(({ part }) => part === 'weight'),
        ({ role }) => role,
      ),
    );
    lines.push(`  roles: ${roles.map(([role, { tensors }]) => `${role} (${tensors})`).join(', ')}`);
  }
  if (extras.length > 0) lines.push('', `not loaded (buffers and copies of tied tensors): ${extras.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function count(parameters: readonly Parameter[]): Counted {
  return { tensors: parameters.length, parameters: parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0) };
}

function by(
  parameters: readonly Parameter[],
  key: (parameter: Parameter) => string | undefined,
): Record<string, Counted> {
  const keys = [...new Set(parameters.map(key))].filter((found) => found !== undefined);
  return Object.fromEntries(
    keys.map((found) => [found, count(parameters.filter((parameter) => key(parameter) === found))]),
  );
}

function layersOf(parameters: readonly Parameter[]): number {
  return new Set(parameters.flatMap(({ layer }) => layer ?? [])).size;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

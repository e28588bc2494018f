/** Values of a config.json, checked as they are read. Errors name the file, the section and the key. */
import { MedpeftError } from '../errors';

export function reader(values: Record<string, unknown>, name: string, file: string) {
  const number = (key: string, fallback: number): number => {
    const value = values[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw unusable(file, name, `${key} is ${JSON.stringify(value)}, not a number`);
    return value;
  };
  return {
    number,
    count(key: string, fallback: number): number {
      const value = number(key, fallback);
      if (!Number.isInteger(value) || value < 1) throw unusable(file, name, `${key} is ${value}, not a positive count`);
      return value;
    },
    /** A share from 0 up to, but not, 1. */
    rate(key: string, fallback: number): number {
      const value = number(key, fallback);
      if (value < 0 || value >= 1) throw unusable(file, name, `${key} is ${value}, not from 0 to below 1`);
      return value;
    },
    truth(key: string, fallback: boolean): boolean {
      const value = values[key] ?? fallback;
      if (typeof value !== 'boolean')
        throw unusable(file, name, `${key} is ${JSON.stringify(value)}, not true or false`);
      return value;
    },
    /** A key that may have one value only. */
    only(key: string, only: string | number | boolean): void {
      const value = values[key] ?? only;
      if (value !== only)
        throw unusable(file, name, `${key} is ${JSON.stringify(value)}; only ${JSON.stringify(only)} is computed`);
    },
  };
}

export function section(value: unknown, name: string, file: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unusable(file, name, 'it is not a JSON object');
  return value as Record<string, unknown>;
}

export function unusable(file: string, section: string, what: string): MedpeftError {
  return new MedpeftError(
    'MP3005',
    `${file}: ${section}: ${what}`,
    'compare it with the config.json that came with the checkpoint',
    file,
  );
}

/**
 * A config of another class would be read as this one's defaults, and be wrong without a word.
 * @param types `model_type` of configs that name no class
 * @throws MP3005
 */
export function refuseOtherClass(json: unknown, classes: readonly string[], types: RegExp, hint?: string): void {
  const { architectures, model_type: type } = json as { architectures?: unknown; model_type?: unknown };
  const named = Array.isArray(architectures) ? architectures.map(String) : [];
  if (named.length === 0 ? types.test(String(type)) : named.some((one) => classes.includes(one))) return;
  throw new MedpeftError(
    'MP3005',
    `config.json describes ${named.join(', ') || `a model of type ${JSON.stringify(type ?? null)}`}, not ${classes.join(' or ')}`,
    `check the family of this model in the spec${hint ? `; ${hint}` : ''}`,
  );
}

/** What a command is, and how its words are read. */
import { MedpeftError } from '../errors';
import { nearest } from '../spec/nearest';

export interface Option {
  /** Without the dashes. */
  name: string;
  /** What follows the option, such as `FILE`; absent for a switch. */
  value?: string;
  /** May be given several times. */
  many?: boolean;
  summary: string;
}

export interface Argument {
  /** As shown, such as `SPEC`. */
  name: string;
  optional?: boolean;
  many?: boolean;
  /** The only words that can stand here. */
  words?: readonly string[];
}

export interface Arguments {
  /** What stands without an option, in order. */
  positional: string[];
  /** Values by option name, in order; a switch that was given has one empty value. */
  options: ReadonlyMap<string, string[]>;
}

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Output {
  result(text: string): void;
  log(text: string): void;
}

export interface Command {
  name: string;
  summary: string;
  arguments: Argument[];
  options: Option[];
  /** @returns the exit code: 0 done, 1 the work failed or found errors, 2 wrong usage */
  run(args: Arguments, output: Output): Promise<number>;
}

/** Options of every command. */
export const commonOptions: Option[] = [
  { name: 'json', summary: 'print exactly one JSON object on standard output' },
  { name: 'help', summary: 'explain this command' },
];

const wrongUsage = (message: string, hint?: string) => new MedpeftError('MP4009', message, hint);

/** The first value of an option. */
export function optionOf(args: Arguments, name: string): string | undefined {
  return args.options.get(name)?.[0];
}

/** An option's values as whole numbers of at least `least`; undefined where it is not given. MP4009 for anything else. */
export function wholeNumbers(args: Arguments, name: string, least: number): number[] | undefined {
  return args.options.get(name)?.map((text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
      throw wrongUsage(`--${name} ${text}: a whole number of at least ${least} is needed`);
    return value;
  });
}

/** The same for an option that is given once. */
export function wholeNumber(args: Arguments, name: string, least: number): number | undefined {
  return wholeNumbers(args, name, least)?.[0];
}

/** Splits a command's words into arguments and options. MP4009 for whatever it does not know, with the nearest known option. */
export function parseArguments(command: Command, words: readonly string[]): Arguments {
  const known = new Map([...command.options, ...commonOptions].map((option) => [option.name, option]));
  const positional: string[] = [];
  const options = new Map<string, string[]>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') {
      positional.push(...words.slice(i + 1));
      break;
    }
    const match = word === '-h' ? ['', 'help'] : /^--([^=]+)(?:=(.*))?$/s.exec(word);
    if (!match) {
      if (word.startsWith('-') && word !== '-') throw wrongUsage(`unknown option ${word}`, hintFor(command));
      positional.push(word);
      continue;
    }
    const [, name, inline] = match as [string, string, string | undefined];
    const option = known.get(name);
    if (!option) {
      const near = nearest(name, known.keys());
      throw wrongUsage(`unknown option --${name}`, near ? `did you mean --${near}?` : hintFor(command));
    }
    let value = inline;
    if (option.value) {
      value ??= words[++i];
      if (value === undefined) throw wrongUsage(`--${name} needs a value: --${name} ${option.value}`, hintFor(command));
    } else if (value !== undefined) throw wrongUsage(`--${name} takes no value`);
    const before = options.get(name) ?? [];
    if (before.length > 0 && option.value && !option.many) throw wrongUsage(`--${name} is given twice`);
    options.set(name, [...before, value ?? '']);
  }
  if (!options.has('help')) checkCount(command, positional);
  return { positional, options };
}

function checkCount(command: Command, positional: string[]): void {
  for (const [i, word] of positional.entries()) {
    const { name, words } = command.arguments[i] ?? {};
    if (word === '') throw wrongUsage(`${name ?? 'an argument'} is empty`, hintFor(command));
    if (words === undefined || words.includes(word)) continue;
    const near = nearest(word, words);
    throw wrongUsage(
      `medpeft ${command.name} ${word}: one of ${words.join(', ')} is needed first`,
      near ? `did you mean ${near}?` : hintFor(command),
    );
  }
  const missing = command.arguments.filter(({ optional }) => !optional)[positional.length];
  if (missing) throw wrongUsage(`${missing.name} is missing`, hintFor(command));
  if (positional.length > command.arguments.length && !command.arguments.at(-1)?.many)
    throw wrongUsage(`one argument too many: ${positional[command.arguments.length]}`, hintFor(command));
}

function hintFor(command: Command): string {
  return `usage: ${usage(command)}`;
}

/** The one-line form of a command. */
export function usage(command: Command): string {
  const words = command.arguments.map(({ name, optional, many }) => {
    const shown = many ? `${name}…` : name;
    return optional ? `[${shown}]` : shown;
  });
  return ['medpeft', command.name, ...words, '[options]'].join(' ');
}

/** What `--help` prints. */
export function helpText(command: Command): string {
  const options = [...command.options, ...commonOptions].map(
    ({ name, value, many, summary }) =>
      [`--${name}${value ? ` ${value}` : ''}`, many ? `${summary}; may be repeated` : summary] as const,
  );
  return `${command.summary}\n\nusage: ${usage(command)}\n\noptions:\n${columns(options)}\n`;
}

/** Two columns, indented. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}

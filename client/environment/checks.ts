/** What is here to run experiments with, and what is missing: each check with the command that was tried, its output, and a way out. */
import path from 'node:path';
import type { Diagnostic } from '../../runner/errors';
import type { Check } from '../panels/protocol';
import { type Answered, askCli, askProgram } from '../runner/ask';
import { type FoundNode, type NodeSearch, nodeMissing, searchNode } from '../runner/node';

export interface CheckedSpec {
  name: string;
  file: string;
}

export interface CheckParts {
  search: NodeSearch;
  /** Absolute path of dist/cli.js. */
  cli: string;
  specs: readonly CheckedSpec[];
  /** Whether the workspace may choose what is started. */
  trusted: boolean;
  askNode?: typeof askProgram;
  askOwn?: typeof askCli;
}

/** Starting the engine for the first time reads 50 MB from disk. */
const patienceMs = 60_000;

/** Makes the checks one after the other and hands each over as it is made. */
export async function* environmentChecks(parts: CheckParts): AsyncGenerator<Check> {
  const { found, attempts } = await searchNode(parts.search);
  yield* attempts.map(
    ({ source, command, ok, outcome }): Check => ({
      area: 'Node',
      name: source,
      state: ok ? 'ok' : found ? 'note' : 'missing',
      text: outcome,
      command,
    }),
  );
  if (!found) {
    const { message, hint } = nodeMissing(attempts, parts.search.setting);
    yield { area: 'Node', name: 'Node', state: 'missing', text: message, hint };
  } else if (parts.trusted) yield* engineChecks(parts, found);
  else
    yield {
      area: 'Engine',
      name: 'engine',
      state: 'note',
      text: 'not tried: this workspace is not trusted, so nothing is run',
    };
  for (const spec of parts.specs) yield await specCheck(parts, spec);
}

interface Finding {
  name: string;
  ok: boolean;
  /** It is no fault where this is missing. */
  optional?: boolean;
  text: string;
  hint?: string;
}

/** What `medpeft doctor` finds with the Node that runs would have. */
async function* engineChecks({ cli, askNode = askProgram }: CheckParts, node: FoundNode): AsyncGenerator<Check> {
  const answered = await askNode(node.path, [cli, 'doctor', '--json'], { env: node.env, timeoutMs: patienceMs });
  const told = parsed<{ findings: Finding[] }>(answered);
  if (!told) {
    yield {
      ...silent('Engine', 'doctor', answered),
      hint: 'Try the command in a terminal; install MedPEFT again if it fails there too.',
    };
    return;
  }
  for (const { name, ok, optional, text, hint } of told.findings)
    yield { area: 'Engine', name, state: ok ? 'ok' : optional ? 'note' : 'missing', text, hint, ...evidence(answered) };
}

/** Whether the models and data that a spec names are there and fit: the diagnostics of these, as the editor shows them in the spec. */
async function specCheck({ cli, askOwn = askCli }: CheckParts, { name, file }: CheckedSpec): Promise<Check> {
  const answered = await askOwn(cli, ['validate', file, '--json']);
  const told = parsed<{ diagnostics: Diagnostic[] }>(answered);
  const base = { area: 'Models and data' as const, name, specFile: file };
  if (!told) return { ...silent('Models and data', name, answered), specFile: file };
  const broken = told.diagnostics.filter(({ code }) => /^MP[23]/.test(code));
  const [first] = broken;
  if (first)
    return {
      ...base,
      state: 'missing',
      text: broken.map(({ code, message }) => `${message} (${code})`).join('\n'),
      hint: first.hint,
      ...evidence(answered),
    };
  const errors = told.diagnostics.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) {
    const text = `not known: ${path.basename(file)} has ${errors} ${errors === 1 ? 'error' : 'errors'} of its own`;
    return { ...base, state: 'note', text, ...evidence(answered) };
  }
  return { ...base, state: 'ok', text: 'every model and data set that it names is there', ...evidence(answered) };
}

function parsed<T>({ stdout }: Answered): T | undefined {
  try {
    return JSON.parse(stdout) as T;
  } catch {
    // what it said instead is shown
    return undefined;
  }
}

function silent(area: Check['area'], name: string, answered: Answered): Check {
  const text = `ended with ${answered.code === undefined ? 'no exit code' : `code ${answered.code}`} and without an answer`;
  return { area, name, state: 'missing', text, ...evidence(answered) };
}

function evidence({ command, stdout, stderr }: Answered): { command: string; output: string } {
  return { command, output: [stdout.trim(), stderr.trim()].filter(Boolean).join('\n') };
}

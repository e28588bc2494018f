/** `medpeft run SPEC`: performs the runs of a spec that have no result yet, and compares them all. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Spec } from '../../schemas/generated/spec';
import { backendNames } from '../backends';
import { MedpeftError } from '../errors';
import { type PlannedRun, planRuns } from '../plan';
import { compareSummaries, expectedRuns, renderExpectations, renderText } from '../reports';
import { type RunState, type RunSummary, readRun, runFiles } from '../runs';
import { loadSpec, nearest } from '../spec';
import { type Arguments, type Command, type Output, optionOf, wholeNumber, wholeNumbers } from './command';
import { diagnosticText } from './diagnostics';
import { performRuns } from './perform';
import { showProgress } from './progress';

/** The chosen runs of a spec; every problem is told. MP1107 where the spec has errors or nothing is left. */
async function plan(file: string, args: Arguments, output: Output): Promise<{ spec: Spec; runs: PlannedRun[] }> {
  const loaded = loadSpec(file);
  const { runs, diagnostics } = await planRuns(loaded, {
    model: optionOf(args, 'model'),
    task: optionOf(args, 'task'),
    methods: args.options.get('method'),
    seeds: wholeNumbers(args, 'seed', 0),
    maxSteps: wholeNumber(args, 'max-steps', 1),
  });
  for (const diagnostic of diagnostics)
    if (diagnostic.severity === 'error' || diagnostic.severity === 'warning')
      output.log(`${diagnosticText(loaded.file, diagnostic)}\n`);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (!loaded.spec || errors > 0 || runs.length === 0)
    throw new MedpeftError(
      'MP1107',
      errors > 0 ? `nothing was run: the spec has ${errors} ${errors === 1 ? 'error' : 'errors'}` : 'no run is left',
      'repair the spec, or choose runs that can be run: --model, --task, --method',
      loaded.file,
    );
  return { spec: loaded.spec, runs };
}

/** Backend and device of the command line in place of the spec's. */
function runtimeOf(run: PlannedRun, args: Arguments): PlannedRun['runtime'] {
  const backend = optionOf(args, 'backend') ?? run.runtime.backend;
  const known = ['auto', ...backendNames];
  if (!known.includes(backend)) {
    const near = nearest(backend, known);
    throw new MedpeftError(
      'MP4009',
      `--backend ${backend}: there is ${known.join(', ')}`,
      near ? `did you mean ${near}?` : undefined,
    );
  }
  return { ...run.runtime, backend, device: optionOf(args, 'device') ?? run.runtime.device };
}

function summaryOf(run: PlannedRun): RunSummary | undefined {
  const folder = path.join(run.outputDir, run.id);
  return existsSync(path.join(folder, runFiles.manifest)) ? readRun(folder) : undefined;
}

/** Finished runs of the spec that this call did not choose: the chosen ones are compared with them. */
async function finishedBeside(args: Arguments, chosen: readonly PlannedRun[]) {
  if (!['model', 'task', 'method', 'seed'].some((option) => args.options.has(option))) return [];
  const ids = new Set(chosen.map(({ id }) => id));
  const { runs } = await planRuns(loadSpec(args.positional[0]!), { maxSteps: wholeNumber(args, 'max-steps', 1) });
  return runs.flatMap((planned) => {
    const summary = ids.has(planned.id) ? undefined : summaryOf(planned);
    return summary?.state === 'finished' ? [{ planned, summary }] : [];
  });
}

/** Where the results lie, and how to look at them. */
function whereText(specFile: string, folders: readonly string[]): string {
  const folder = path.dirname(folders[0]!);
  return `\nResults: ${folder}\nIn VS Code: open ${path.dirname(specFile)}, then "MedPEFT: Show Results" in the command palette.\n`;
}

export const run: Command = {
  name: 'run',
  summary: 'perform the runs of a spec: skips finished ones, resumes unfinished ones, and compares them',
  arguments: [{ name: 'SPEC' }],
  options: [
    { name: 'model', value: 'MODEL', summary: 'only this model' },
    { name: 'task', value: 'TASK', summary: 'only this task' },
    { name: 'method', value: 'METHOD', many: true, summary: 'only this method' },
    { name: 'seed', value: 'N', many: true, summary: "this seed in place of the spec's" },
    { name: 'max-steps', value: 'N', summary: 'at most so many optimiser steps: makes other runs than without' },
    { name: 'backend', value: 'BACKEND', summary: `${backendNames.join(', ')} or auto` },
    { name: 'device', value: 'DEVICE', summary: 'device of the backend' },
    { name: 'events', summary: 'print each event as a JSON line on standard output' },
  ],
  async run(args, output) {
    const [json, events] = [args.options.has('json'), args.options.has('events')];
    if (json && events) throw new MedpeftError('MP4009', '--json and --events both want standard output', 'give one');
    const { spec, runs } = await plan(args.positional[0]!, args, output);
    const chosen = runs.map((planned) => ({ ...planned, runtime: runtimeOf(planned, args) }));
    const open = chosen.filter((planned) => summaryOf(planned)?.state !== 'finished');
    const progress = showProgress({ write: output.log, columns: process.stderr.columns });
    if (open.length < chosen.length) progress.say(`${chosen.length - open.length} runs are finished already`);

    const performed = await performRuns(open, {
      progress,
      onEvent: (planned, event) => {
        if (events) output.result(`${JSON.stringify({ ...event, run: planned.id })}\n`);
      },
    });
    const status = new Map(performed.map(({ id, status }) => [id, status]));
    const ended = chosen.map((planned) => ({
      planned,
      summary: summaryOf(planned),
      status: status.get(planned.id) ?? ('finished' satisfies RunState),
    }));

    const beside = await finishedBeside(args, chosen);
    const summaries = [...ended.flatMap(({ summary }) => summary ?? []), ...beside.map(({ summary }) => summary)];
    const folders = chosen.map(({ outputDir, id }) => path.join(outputDir, id));
    const text = () =>
      renderText(
        compareSummaries(summaries, { reference: spec.compare?.reference, correction: spec.compare?.correction }),
      );
    if (json)
      output.result(
        `${JSON.stringify({
          runs: ended.map(({ planned, summary, status }, i) => ({
            id: planned.id,
            folder: folders[i],
            status,
            metrics: summary?.result?.metrics,
          })),
        })}\n`,
      );
    else if (!events) {
      const all = [...chosen, ...beside.map(({ planned }) => planned)];
      const judged = expectedRuns(spec, all, (planned) => summaryOf(planned)?.result);
      output.result(text() + renderExpectations(spec.expect ?? [], judged) + whereText(chosen[0]!.specFile, folders));
    }
    return ended.every(({ status }) => status === 'finished') ? 0 : 1;
  },
};

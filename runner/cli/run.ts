/** `medpeft run SPEC`: performs the runs of a spec that have no result yet, and compares them all. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Spec } from '../../schemas/generated/spec';
import { backendNames } from '../backends';
import { MedpeftError } from '../errors';
import { type PlannedRun, planRuns } from '../plan';
import { compareSummaries, expectedRuns, renderExpectations, renderText } from '../reports';
import { type RunState, type RunSummary, readRun, runFiles } from '../runs';
import { loadSpec } from '../spec';
import { type Arguments, type Command, type Output, optionOf, wholeNumber, wholeNumbers } from './command';
import { diagnosticText } from './diagnostics';
import { dryRunAll } from './dry_run';
import { performRuns } from './perform';
import { showProgress } from './progress';
import { checkRuntime, parallelOf, withExecutor, withRuntime } from './runtime';
import { submitAll } from './submit';

interface Planned {
  spec: Spec;
  runs: PlannedRun[];
  /** Runs of the spec that this call did not choose. */
  beside: PlannedRun[];
}

/**
 * The chosen runs of a spec; every problem is told. MP1107 where the spec has errors or nothing is left.
 * @param compares whether the chosen runs will be compared with the spec's other ones
 */
async function plan(file: string, args: Arguments, output: Output, compares: boolean): Promise<Planned> {
  const loaded = loadSpec(file);
  const { runs, beside, diagnostics } = await planRuns(
    loaded,
    {
      model: optionOf(args, 'model'),
      task: optionOf(args, 'task'),
      methods: args.options.get('method'),
      seeds: wholeNumbers(args, 'seed', 0),
      maxSteps: wholeNumber(args, 'max-steps', 1),
    },
    { beside: compares },
  );
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
  return { spec: loaded.spec, ...chosenOf(runs, beside, args.options.get('only')) };
}

/** `--only` names single runs, such as one point of a sweep; what it leaves out is compared with what it takes. MP4009 for a run that is not planned. */
function chosenOf(runs: PlannedRun[], beside: PlannedRun[], only: string[] | undefined): Omit<Planned, 'spec'> {
  if (only === undefined) return { runs, beside };
  const unknown = only.find((id) => !runs.some((run) => run.id === id));
  if (unknown !== undefined)
    throw new MedpeftError(
      'MP4009',
      `--only ${unknown}: no such run is planned`,
      'medpeft plan SPEC lists the runs; their ids change with spec, data and checkpoint',
    );
  const isMeant = ({ id }: PlannedRun) => only.includes(id);
  return { runs: runs.filter(isMeant), beside: [...beside, ...runs.filter((run) => !isMeant(run))] };
}

function summaryOf(run: PlannedRun): RunSummary | undefined {
  const folder = path.join(run.outputDir, run.id);
  return existsSync(path.join(folder, runFiles.manifest)) ? readRun(folder) : undefined;
}

const finishedText = (n: number) => (n === 1 ? '1 run is finished already' : `${n} runs are finished already`);

/** Where the results lie, and how to look at them. */
function whereText(specFile: string, folders: readonly string[]): string {
  const folder = path.dirname(folders[0]!);
  return `\nResults: ${folder}\nIn VS Code: open ${path.dirname(specFile)}, then "MedPEFT: Show Results" in the command palette.\n`;
}

/** The table of what is finished, what the spec expects of it, and where it lies; nothing where no run has a result. */
function resultsText(spec: Spec, runs: readonly PlannedRun[], folders: readonly string[]): string {
  const summaries = runs.flatMap((planned) => summaryOf(planned) ?? []);
  if (!summaries.some(({ state }) => state === 'finished')) return '';
  const { reference, correction } = spec.compare ?? {};
  const judged = expectedRuns(spec, runs, (planned) => summaryOf(planned)?.result);
  return (
    renderText(compareSummaries(summaries, { reference, correction })) +
    renderExpectations(spec.expect ?? [], judged) +
    whereText(runs[0]!.specFile, folders)
  );
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
    {
      name: 'only',
      value: 'RUN',
      many: true,
      summary: 'only the run of this id, as plan lists it: a point of a sweep',
    },
    { name: 'max-steps', value: 'N', summary: 'at most so many optimiser steps: makes other runs than without' },
    { name: 'backend', value: 'BACKEND', summary: `${backendNames.join(', ')} or auto` },
    { name: 'device', value: 'DEVICE', summary: 'device of the backend' },
    { name: 'executor', value: 'NAME', summary: "local or slurm, for all runs in place of the spec's" },
    { name: 'parallel', value: 'N', summary: 'local runs that may go on at once: a number, or auto for one a core' },
    {
      name: 'dry-run',
      summary:
        'try each run on a few items: a batch, a checkpoint, loaded again, scored; leaves nothing behind. Of runs for Slurm the scripts are shown, and not submitted',
    },
    { name: 'events', summary: 'print each event as a JSON line on standard output' },
  ],
  async run(args, output) {
    const [json, events] = [args.options.has('json'), args.options.has('events')];
    if (json && events) throw new MedpeftError('MP4009', '--json and --events both want standard output', 'give one');
    const dry = args.options.has('dry-run');
    if (dry && events) throw new MedpeftError('MP4009', '--dry-run tells no events', 'leave --events out');
    const text = !json && !events && !dry;
    const { spec, runs, beside } = await plan(args.positional[0]!, args, output, text);
    const chosen = runs.map((planned) => withExecutor(withRuntime(planned, args), spec, args));
    const parallel = parallelOf(spec, args);
    const open = chosen.filter((planned) => summaryOf(planned)?.state !== 'finished');
    const here = (planned: PlannedRun) => planned.slurm === undefined;
    const local = await checkRuntime((dry ? chosen : open).filter(here), args);
    if (dry) {
      const submitted = await submitAll(open, output, { json: json && local.length === 0, dry: true });
      return local.length > 0 || submitted.length === 0 ? dryRunAll(local, output, json) : 0;
    }
    const progress = showProgress({ write: output.log, columns: process.stderr.columns });
    if (open.length < chosen.length) progress.say(finishedText(chosen.length - open.length));
    const submitted = new Set(await submitAll(open, output, { json: false, dry: false }));

    const performed = await performRuns(local, {
      progress,
      parallel,
      onEvent: (planned, event) => {
        if (events) output.result(`${JSON.stringify({ ...event, run: planned.id })}\n`);
      },
    });
    const status = new Map(performed.map(({ id, status }) => [id, status]));
    const ended = chosen.map((planned) => ({
      planned,
      summary: summaryOf(planned),
      status: status.get(planned.id) ?? summaryOf(planned)?.state ?? ('queued' satisfies RunState),
    }));

    const folders = chosen.map(({ outputDir, id }) => path.join(outputDir, id));
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
    else if (text) {
      const finished = beside.filter((planned) => summaryOf(planned)?.state === 'finished');
      const all = [...chosen, ...finished];
      output.result(resultsText(spec, all, folders));
    }
    return ended.every(({ planned, status }) => status === 'finished' || submitted.has(planned.id)) ? 0 : 1;
  },
};

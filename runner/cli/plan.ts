/** `medpeft plan SPEC`: the runs that a spec stands for, with what each trains and takes. No weights are read; the machine's speed is measured for a moment. */
import type { Choice } from '../backends/select';
import { MedpeftError } from '../errors';
import { type Plan, type PlannedRun, planRuns, type RunParts } from '../plan';
import { machineMemory } from '../plan/memory_budget';
import { peakMemory } from '../plan/peak';
import { type ShownPrompt, shownPrompts } from '../plan/prompts';
import { expectedRuns } from '../reports/expectations';
import { loadSpec } from '../spec';
import type { SpecFile } from '../spec/types';
import { bytes, duration } from '../text';
import type { Forecast } from '../training/forecast';
import { choicesText, chooseForRuns } from './choices';
import type { Command } from './command';
import { countText, diagnosticText, hasErrors } from './diagnostics';
import { forecastRuns } from './forecasts';

export const plan: Command = {
  name: 'plan',
  summary: 'list the runs of a spec: parameters, steps, memory, time; nothing is trained',
  arguments: [{ name: 'SPEC' }],
  options: [{ name: 'matches', summary: 'list what each group and adapter matched, by layer' }],
  async run(args, output) {
    const loaded = loadSpec(args.positional[0]!);
    const parts = new Map<PlannedRun, RunParts>();
    const planned = await planRuns(loaded, {}, { each: (run, of) => parts.set(run, of) });
    const choices = await chooseForRuns(planned.runs);
    const forecasts = await forecastRuns(parts, choices, output.log);
    const prompts = shownPrompts(parts);
    if (args.options.has('json'))
      output.result(`${JSON.stringify({ ...planJson(loaded, planned, forecasts, choices), prompts })}\n`);
    else {
      for (const diagnostic of planned.diagnostics) output.log(`${diagnosticText(loaded.file, diagnostic)}\n`);
      output.result(planText(planned, forecasts));
      output.result(choicesText(choices));
      output.result(promptsText(prompts));
      if (args.options.has('matches')) output.result(matchesText(planned));
    }
    return hasErrors(planned.diagnostics) ? 1 : 0;
  },
};

type Forecasts = ReadonlyMap<string, Forecast>;
type Choices = ReadonlyMap<string, Choice | MedpeftError>;

/** Memory and time are not estimated for every family and task: null says so. */
function planJson(
  { spec }: SpecFile,
  { runs, excluded, diagnostics }: Plan,
  forecasts: Forecasts,
  choices: Choices,
): object {
  const named = spec ? expectedRuns(spec, runs) : [];
  const listed = runs.map((run, i) => ({
    ...named[i],
    parameters: run.parameters,
    matches: run.matches,
    steps: run.steps,
    memory_bytes: memoryOf(run) ?? null,
    seconds: forecasts.get(run.id)?.total ?? null,
    step_seconds: forecasts.get(run.id)?.step ?? null,
    computed: computedOn(choices.get(run.id)),
  }));
  return { runs: listed, excluded, diagnostics };
}

/** Here with `auto` no more than is free; what a cluster's nodes have is not known. */
function memoryOf(run: PlannedRun): number | undefined {
  return peakMemory(run, run.slurm ? undefined : machineMemory().free);
}

/** Null where the device is not to be had. */
function computedOn(choice: Choice | MedpeftError | undefined): Choice | null {
  return choice === undefined || choice instanceof MedpeftError ? null : choice;
}

function planText({ runs, excluded, diagnostics }: Plan, forecasts: Forecasts): string {
  const head = ['trained', 'share', 'tensors', 'steps', 'memory', 'time', 'run'];
  const rows = [head, ...runs.map((run) => rowOf(run, forecasts))];
  const widths = head.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const last = head.length - 1;
  const lines = rows.map((row) => row.map((cell, i) => (i === last ? cell : cell.padStart(widths[i]!))).join('  '));
  const end = `${runs.length} run${runs.length === 1 ? '' : 's'}; ${countText(diagnostics)}`;
  return `${[...(runs.length > 0 ? lines : []), ...leftOut(excluded), end].join('\n')}\n`;
}

/** How many methods with the same reason are named; `--json` names all. */
const named = 4;

/** A line for each model, task and reason. */
function leftOut(excluded: Plan['excluded']): string[] {
  const groups = new Map<string, { head: string; methods: string[]; reason: string }>();
  for (const { model, task, method, reason } of excluded) {
    const head = `without ${model}, ${task}`;
    const key = JSON.stringify([head, reason]);
    const group = groups.get(key) ?? { head, methods: [], reason };
    group.methods.push(method);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ head, methods, reason }) => {
    const rest = methods.length - named;
    return `${head}, ${methods.slice(0, named).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}: ${reason}`;
  });
}

/** Line for line, so that line ends and blanks of a template can be seen. */
function promptsText(prompts: readonly ShownPrompt[]): string {
  return prompts
    .map(({ model, task, template, item, prompt, answer }) =>
      [
        '',
        `prompt of ${model} on ${task} (${template}), ${item}:`,
        ...`${prompt} → ${answer}`.split('\n').map((line) => `  | ${line}`),
        '',
      ].join('\n'),
    )
    .join('');
}

/** Under each run, each name with its tensors, and the layers that they stand in. */
function matchesText({ runs }: Plan): string {
  return runs
    .map(({ id, matches = [] }) => {
      const lines = matches.flatMap(({ component, name, tensors, matched }) => [
        `  ${name} in ${component}: ${tensors} tensors`,
        ...matched.map((one) => `    ${one.name}${one.layers === undefined ? '' : `  layers ${one.layers}`}`),
      ]);
      return `\n${[id, ...lines].join('\n')}\n`;
    })
    .join('');
}

function rowOf(run: PlannedRun, forecasts: Forecasts): string[] {
  const { id, parameters, steps } = run;
  const forecast = forecasts.get(id);
  const memory = memoryOf(run);
  const { trainable = 0, percent = 0, tensors = 0 } = parameters ?? {};
  const share = percent === 0 ? '0 %' : `${percent.toPrecision(3)} %`;
  return [
    trainable.toLocaleString('en'),
    share,
    String(tensors),
    String(steps ?? ''),
    memory === undefined ? '–' : bytes(memory),
    forecast === undefined ? '–' : duration(forecast.total),
    id,
  ];
}

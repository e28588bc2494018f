/** `medpeft plan SPEC`: the runs that a spec stands for, with what each trains. No weights are read. */
import { type Plan, planRuns } from '../plan';
import { peakMemory } from '../plan/peak';
import type { PlannedRun } from '../plan/types';
import { expectedRuns } from '../reports/expectations';
import { loadSpec } from '../spec';
import type { SpecFile } from '../spec/types';
import { bytes } from '../text';
import type { Command } from './command';
import { countText, diagnosticText, hasErrors } from './diagnostics';

export const plan: Command = {
  name: 'plan',
  summary: 'list the runs of a spec: parameters, steps, memory; nothing is computed',
  arguments: [{ name: 'SPEC' }],
  options: [{ name: 'matches', summary: 'list what each group and adapter matched, by layer' }],
  async run(args, output) {
    const loaded = loadSpec(args.positional[0]!);
    const planned = await planRuns(loaded);
    if (args.options.has('json')) output.result(`${JSON.stringify(planJson(loaded, planned))}\n`);
    else {
      for (const diagnostic of planned.diagnostics) output.log(`${diagnosticText(loaded.file, diagnostic)}\n`);
      output.result(planText(planned));
      if (args.options.has('matches')) output.result(matchesText(planned));
    }
    return hasErrors(planned.diagnostics) ? 1 : 0;
  },
};

/** Time is not estimated in this version, memory not for every family: null says so. */
function planJson({ spec }: SpecFile, { runs, excluded, diagnostics }: Plan): unknown {
  const named = spec ? expectedRuns(spec, runs) : [];
  const listed = runs.map((run, i) => ({
    ...named[i],
    parameters: run.parameters,
    matches: run.matches,
    steps: run.steps,
    memory_bytes: peakMemory(run) ?? null,
    seconds: null,
  }));
  return { runs: listed, excluded, diagnostics };
}

function planText({ runs, excluded, diagnostics }: Plan): string {
  const head = ['trained', 'share', 'tensors', 'steps', 'memory', 'run'];
  const rows = [head, ...runs.map(rowOf)];
  const widths = head.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lines = rows.map((row) => row.map((cell, i) => (i === 5 ? cell : cell.padStart(widths[i]!))).join('  '));
  const left = excluded.map(({ model, task, method, reason }) => `without ${model}, ${task}, ${method}: ${reason}`);
  const end = `${runs.length} run${runs.length === 1 ? '' : 's'}; ${countText(diagnostics)}`;
  return `${[...(runs.length > 0 ? lines : []), ...left, end].join('\n')}\n`;
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

function rowOf(run: PlannedRun): string[] {
  const { id, parameters, steps } = run;
  const memory = peakMemory(run);
  const { trainable = 0, percent = 0, tensors = 0 } = parameters ?? {};
  const share = percent === 0 ? '0 %' : `${percent.toPrecision(3)} %`;
  return [
    trainable.toLocaleString('en'),
    share,
    String(tensors),
    String(steps ?? ''),
    memory === undefined ? '–' : bytes(memory),
    id,
  ];
}

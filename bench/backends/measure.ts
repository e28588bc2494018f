/** One backend in a process of its own: arguments are its name, device and threads; the answer is one line of JSON, figures or why there are none. */
import { type Executable, openBackend, type Placed } from '../../runner/backends';
import { isOnDevice } from '../../runner/backends/types';
import { MedpeftError } from '../../runner/errors';
import type { Program } from '../../runner/programs/types';
import { processorClock, wallClock } from '../clocks';
import type { Measured, Taken } from './results';
import { type Run, tasks } from './tasks';

/** Seconds that a task is repeated, and the least and most repetitions; a task that takes longer than all that is run once. */
const limits = { seconds: 1, least: 3, most: 50 };

async function main(): Promise<void> {
  const [backend, device, threads] = process.argv.slice(2) as [string, string, string];
  const opened = await openBackend({ backend, device, threads: Number(threads) });
  const { memory } = opened;
  const compiled = new Map<Program, Promise<Executable<Placed>>>();
  const run: Run = async (program, feeds, toHost = []) => {
    const known = compiled.get(program) ?? memory?.compile(program, new Set(toHost)) ?? opened.compile(program);
    compiled.set(program, known);
    const fed = program.inputs.map(({ name }) => [name, feeds[name]!] as const);
    return (await known).run(Object.fromEntries(fed));
  };
  const milliseconds: Record<string, Taken> = {};
  for (const { name, resident, once } of tasks) {
    const feeds: Record<string, Placed> = {};
    for (const [input, tensor] of Object.entries(resident)) feeds[input] = (await memory?.upload(tensor)) ?? tensor;
    const timed = async (): Promise<Taken> => {
      const [began, before] = [wallClock(), processorClock()];
      const made = await once(run, feeds);
      const took = { wall: 1000 * (wallClock() - began), cpu: 1000 * (processorClock() - before) };
      for (const tensor of made) if (isOnDevice(tensor)) tensor.dispose();
      return took;
    };
    const first = await timed();
    const taken: Taken[] = [];
    if (first.wall > limits.seconds * 1000 * limits.least) taken.push(first);
    else
      for (
        let spent = 0;
        taken.length < limits.least || (spent < limits.seconds * 1000 && taken.length < limits.most);
      ) {
        taken.push(await timed());
        spent += taken.at(-1)!.wall;
      }
    const median = (of: keyof Taken) => taken.map((one) => one[of]).sort((x, y) => x - y)[taken.length >> 1]!;
    milliseconds[name] = { wall: median('wall'), cpu: median('cpu') };
    for (const tensor of Object.values(feeds)) if (isOnDevice(tensor)) tensor.dispose();
  }
  const measured: Pick<Measured, 'version' | 'threads' | 'milliseconds'> = {
    version: opened.version,
    threads: opened.threads,
    milliseconds,
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

main().catch((error: unknown) => {
  if (!(error instanceof MedpeftError)) throw error;
  process.stdout.write(`${JSON.stringify({ refused: error.message })}\n`);
});

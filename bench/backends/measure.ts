/** One backend in a process of its own: arguments are its name, device and threads; the answer is one line of JSON. */
import { type Executable, openBackend, type Placed } from '../../runner/backends';
import { isOnDevice } from '../../runner/backends/types';
import type { Program } from '../../runner/programs/types';
import type { Measured } from './results';
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
  const milliseconds: Record<string, number> = {};
  for (const { name, resident, once } of tasks) {
    const feeds: Record<string, Placed> = {};
    for (const [input, tensor] of Object.entries(resident)) feeds[input] = (await memory?.upload(tensor)) ?? tensor;
    const timed = async () => {
      const began = performance.now();
      const made = await once(run, feeds);
      const took = performance.now() - began;
      for (const tensor of made) if (isOnDevice(tensor)) tensor.dispose();
      return took;
    };
    const first = await timed();
    const taken: number[] = [];
    if (first > limits.seconds * 1000 * limits.least) taken.push(first);
    else
      for (
        let spent = 0;
        taken.length < limits.least || (spent < limits.seconds * 1000 && taken.length < limits.most);
        spent += taken.at(-1)!
      )
        taken.push(await timed());
    milliseconds[name] = taken.sort((a, b) => a - b)[taken.length >> 1]!;
    for (const tensor of Object.values(feeds)) if (isOnDevice(tensor)) tensor.dispose();
  }
  const measured: Pick<Measured, 'version' | 'threads' | 'milliseconds'> = {
    version: opened.version,
    threads: opened.threads,
    milliseconds,
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

void main();

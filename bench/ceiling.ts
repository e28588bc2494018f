/** What a machine reaches in one matrix product alone, beside which a step's products are put. */
import type { Backend } from '../runner/backends';
import { linear } from '../runner/programs/ops/linear';
import { Tape } from '../runner/programs/tape';

/** GFLOP per second of the product [rows, into] x [into, out]: the best of some. @param seconds by which it is timed */
export async function ceiling(
  backend: Backend,
  [rows, into, out]: readonly [number, number, number],
  { rounds, seconds }: { rounds: number; seconds(): number },
): Promise<number> {
  const tape = new Tape('ceiling');
  tape.output('y', linear(tape, tape.input('x', [rows, into]), tape.parameter('w', [out, into])));
  const { run, release } = await backend.compile(tape.inference());
  const filled = (...shape: [number, number]) => ({ data: new Float32Array(shape[0] * shape[1]).fill(0.5), shape });
  const feeds = { x: filled(rows, into), w: filled(out, into) };
  let best = 0;
  for (let i = 0; i < rounds; i++) {
    const began = seconds();
    await run(feeds);
    best = Math.max(best, (2 * rows * into * out) / (seconds() - began) / 1e9);
  }
  await release();
  return best;
}

/**
 * Times devices in a process of its own: what their libraries take of memory and write to standard error ends with it, and so does a driver that crashes. The argument is JSON,
 * a list of `BackendSettings`; standard output is an `Outcome` for each, as one line of JSON.
 */
import type { BackendSettings } from './backends';
import { contest } from './backends/contest';

async function main(): Promise<void> {
  const outcomes = await contest(JSON.parse(process.argv[2]!) as BackendSettings[]);
  process.stdout.write(`${JSON.stringify(outcomes)}\n`, () => process.exit(0));
}

void main();

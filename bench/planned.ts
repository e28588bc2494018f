/** The memory that `medpeft plan` foretells of a row's step, from shapes alone. */
import { select } from '../runner/methods/select';
import { blipVqa } from '../runner/models/blip_vqa';
import { memoryNeeds } from '../runner/plan/memory';
import { configOf } from './random_model';
import type { Measured } from './results';
import { blipBase, lengths, methods } from './rows';

/** Bytes; every row of the batch asks about an image of its own. */
export function plannedBytes({ method, batch, precision }: Pick<Measured, 'method' | 'batch' | 'precision'>): number {
  const config = configOf(blipBase);
  const parameters = blipVqa.parameters(config);
  const sizes = { rows: batch, images: batch, questionTokens: lengths.question, answerTokens: lengths.answer };
  const checkpoint = { family: blipVqa, config, parameters, headerOf: new Map() };
  const run = { images: batch, accumulates: false, precision };
  return memoryNeeds(checkpoint, select(parameters, methods[method]!), sizes, run)!.bytes;
}

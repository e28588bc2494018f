/** A process that computes micro-batches when it is told how many: `side.js THREADS`. */
import { randomBatch } from '../random_model';
import { hf, norms, parallelSize, type Told, withModel } from './steps';

async function main(threads: number): Promise<void> {
  await withModel(parallelSize, threads, norms, async (model) => {
    const batch = randomBatch(parallelSize, 4, 4, 14, 4);
    const work = async (microBatches: number) => {
      for (let i = 0; i < microBatches; i++) await model.lossAndGradients(batch, hf, 4);
      process.send!({ bytes: process.resourceUsage().maxRSS * 1024 } satisfies Told);
    };
    const over = new Promise((resolve) => process.once('disconnect', resolve));
    process.on('message', (microBatches: number) => void work(microBatches));
    // the first one makes the programs ready
    await work(1);
    await over;
  });
}

void main(Number(process.argv[2]));

/** The items of a run: what was asked, expected and answered, with the image that it was about. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { predictionFile, readPredictions } from '../../runner/runs';
import type { Prediction } from '../../schemas/generated/prediction';
import type { RunSummary } from '../runs/store';
import type { ItemSet, ResultItem } from './protocol';

interface DatasetPlaces {
  path?: unknown;
  image_folder?: unknown;
}

/** What of a manifest's resolved settings the view needs. */
interface ResolvedNames {
  datasets: Record<string, DatasetPlaces | undefined>;
  task: { test?: unknown; transfer?: unknown; select_by?: unknown };
}

function resolvedOf({ manifest }: RunSummary): ResolvedNames {
  return manifest.resolved as unknown as ResolvedNames;
}

/** Folders that the images of a run lie in. */
export function imageFolders(run: RunSummary): string[] {
  return Object.values(resolvedOf(run).datasets).flatMap((dataset) => imageFolderOf(dataset) ?? []);
}

/** What the images of a data set are named relative to: its `image_folder`, its folder, or that of its file. */
function imageFolderOf(dataset: DatasetPlaces | undefined): string | undefined {
  if (typeof dataset?.image_folder === 'string') return dataset.image_folder;
  if (typeof dataset?.path !== 'string') return undefined;
  return statSync(dataset.path, { throwIfNoEntry: false })?.isFile() ? path.dirname(dataset.path) : dataset.path;
}

/** What a web page shows. Which part of a file is meant stands behind `#`. */
const shown = /\.(png|jpe?g|gif|webp|bmp)$/i;

/** The image's file, if it lies inside its data set's folder. */
export function imageFile(folder: string | undefined, image: string | undefined): string | undefined {
  if (!folder || !image) return undefined;
  const file = path.resolve(folder, image);
  return file.startsWith(path.resolve(folder) + path.sep) ? file : undefined;
}

/** @param address makes an address that the page may load from a file's path */
export function itemSets(run: RunSummary, address: (file: string) => string): ItemSet[] {
  const { datasets, task } = resolvedOf(run);
  const splits = new Map(
    (['test', 'transfer'] as const).flatMap((role) =>
      texts(task[role]).map(
        (split) => [path.basename(predictionFile(role, split), '.jsonl'), { role, split }] as const,
      ),
    ),
  );
  const sets = [...readPredictions(run.folder)].map(([id, predictions]): ItemSet => {
    const known = splits.get(id);
    const folder = imageFolderOf(datasets[known?.split.split('/')[0] ?? '']);
    return {
      id,
      label: known ? `${known.split} (${known.role})` : id,
      metric: decidingMetric(predictions, task.select_by),
      items: predictions.map((prediction) => itemOf(prediction, folder, address)),
    };
  });
  // what was asked for comes before what only chose the checkpoint
  const rank = ({ id }: ItemSet) => (id.startsWith('test-') ? 0 : id.startsWith('transfer-') ? 1 : 2);
  return sets.sort((a, b) => rank(a) - rank(b));
}

function itemOf(prediction: Prediction, folder: string | undefined, address: (file: string) => string): ResultItem {
  const { image } = prediction;
  const file = imageFile(folder, image);
  const kind = image?.replace(/#.*$/, '').split('.').at(-1);
  return {
    id: prediction.id,
    ...(file && shown.test(file) ? { image: address(file) } : {}),
    ...(file && !shown.test(file) ? { unshown: `${image}: images of kind .${kind} cannot be shown here` } : {}),
    question: prediction.question,
    reference: prediction.reference,
    prediction: prediction.prediction,
    answerType: prediction.answer_type,
    questionType: prediction.question_type,
    scores: prediction.scores,
  };
}

/** What decides whether an answer counts as right: a metric that scores every item; the task's own choice if it does. */
function decidingMetric(predictions: readonly Prediction[], selectBy: unknown): string | undefined {
  const first = predictions[0];
  if (!first) return undefined;
  const complete = Object.keys(first.scores).filter((metric) =>
    predictions.every(({ scores }) => typeof scores[metric] === 'number'),
  );
  return complete.find((metric) => metric === selectBy) ?? complete[0];
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

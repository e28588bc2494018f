/** The items that the view's runs answered, with addresses of their images. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { differenceText, headingOf, percent, pText, scoreText } from '../../runner/reports/format';
import { type JoinedSet, joinItems } from '../../runner/reports/joined_items';
import { differingSettings, type PairedDifference, pairedMetrics } from '../../runner/reports/paired';
import type { RunSummary } from '../runs/store';
import type { ItemSet, RunComparison } from './protocol';

interface DatasetPlaces {
  path?: unknown;
  image_folder?: unknown;
}

function datasetsOf({ manifest }: RunSummary): Record<string, DatasetPlaces | undefined> {
  return manifest.resolved.datasets as Record<string, DatasetPlaces | undefined>;
}

const datasetOf = (run: RunSummary, split: string | undefined) => datasetsOf(run)[split?.split('/')[0] ?? ''];

/** Folders that the images of a run lie in. */
export function imageFolders(run: RunSummary): string[] {
  return Object.values(datasetsOf(run)).flatMap((dataset) => imageFolderOf(dataset) ?? []);
}

/** What the images of a data set are named relative to: its `image_folder`, its folder, or that of its file. */
function imageFolderOf(dataset: DatasetPlaces | undefined): string | undefined {
  if (typeof dataset?.image_folder === 'string') return dataset.image_folder;
  if (typeof dataset?.path !== 'string') return undefined;
  return statSync(dataset.path, { throwIfNoEntry: false })?.isFile() ? path.dirname(dataset.path) : dataset.path;
}

/** Folder or file of the data set that a split, `rad/test`, is of. */
export function dataLocation(run: RunSummary, split: string | undefined): string | undefined {
  const location = datasetOf(run, split)?.path;
  return typeof location === 'string' ? location : undefined;
}

/** What a web page draws itself. Which part of a file is meant stands behind `#`. */
const shown = /\.(png|jpe?g|gif|webp|bmp)$/i;

/** The image's file, if it lies inside its data set's folder. */
export function imageFile(folder: string | undefined, image: string | undefined): string | undefined {
  if (!folder || !image) return undefined;
  const file = path.resolve(folder, image);
  return file.startsWith(path.resolve(folder) + path.sep) ? file : undefined;
}

/** Set and item -> path of the image, with what is taken of it behind `#`. */
export type ImageNames = Map<string, string>;

export const imageKey = (set: string, item: string) => `${set}\n${item}`;

/**
 * @param address makes an address that the page may load from a file's path
 * @param images receives the images that there are
 */
export function itemSets(
  runs: readonly RunSummary[],
  address: (file: string) => string,
  images: ImageNames = new Map(),
): ItemSet[] {
  return joinItems(runs).map(({ id, split, role, metric, items, leftOut }: JoinedSet): ItemSet => {
    const folder = imageFolderOf(datasetOf(runs[0]!, split));
    return {
      id,
      label: split ? `${split} (${role})` : id,
      ...(metric ? { metric } : {}),
      leftOut,
      items: items.map(({ image, ...item }) => {
        const file = imageFile(folder, image);
        if (!file) return item;
        images.set(imageKey(id, item.id), file);
        return shown.test(file) ? { ...item, image: address(file) } : { ...item, rendered: image };
      }),
    };
  });
}

/** Settings and scores of several runs beside each other, as texts. */
export function runComparison(runs: readonly RunSummary[]): RunComparison {
  if (runs.length < 2) return { settings: [], metrics: [] };
  return {
    settings: differingSettings(runs).map(({ path: name, values }) => ({
      path: name,
      values: values.map((value) => value ?? '–'),
    })),
    metrics: pairedMetrics(runs).map(({ column, cells, differences }) => ({
      name: `${headingOf(column)} on ${column.test}`,
      cells: cells.map((cell, r) => ({
        score: scoreText(cell),
        ...(differences[r] ? { difference: differenceWords(differences[r]) } : {}),
      })),
    })),
  };
}

/** `+3.4 [-1.2, 8.0], p 0.115` */
function differenceWords(difference: PairedDifference): string {
  const { low, high, p } = difference;
  const interval = low === undefined || high === undefined ? '' : ` [${percent(low)}, ${percent(high)}]`;
  return `${differenceText(difference)}${interval}${p === undefined ? '' : `, p ${pText(p)}`}`;
}

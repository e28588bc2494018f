/** The runs as lines of a chart. */
import { isSmoothed, type Mark } from '../../panels/protocol';
import { labelOf, type ShownRun } from './model';

export interface Line {
  label: string;
  /** Decides colour and dash. */
  index: number;
  x: readonly number[];
  steps: readonly number[];
  values: readonly number[];
  /** Unsmoothed values, drawn faintly behind. */
  raw?: readonly number[];
  /** Marks single points, for curves with few of them. */
  points: boolean;
  marks: readonly Mark[];
}

/**
 * @param shown the runs to draw
 * @param all the runs that names must tell them apart from
 * @param chart whose curves
 */
export function linesOf(
  shown: readonly ShownRun[],
  all: readonly ShownRun[],
  chart: number,
  quantity: string,
  smoothing: number,
): Line[] {
  const smoothed = isSmoothed(quantity) && smoothing > 0;
  return shown.map((run) => {
    const { x, steps, raw, smooth } = run.curves[chart]!;
    return {
      label: labelOf(run, all),
      index: run.index,
      x,
      steps,
      values: smoothed ? smooth : raw,
      raw: smoothed ? raw : undefined,
      points: !isSmoothed(quantity),
      marks: run.marks,
    };
  });
}

/** Two to n runs beside each other: the settings in which they differ, and their scores with paired differences. */
import { bootstrap, type Interval } from '../metrics/interval';
import { type RunSummary, readPredictions } from '../runs';
import { testOf } from './differences';
import type { ScoredRun } from './group';
import { type ItemStatistics, statisticsOf } from './item_statistics';
import { settingsOfRun } from './row_settings';
import { columnsOf } from './rows';
import type { Cell, ComparisonColumn, Difference } from './table';

export interface PairedDifference extends Difference {
  /** 95 % interval over items, by the paired bootstrap. */
  low?: number;
  high?: number;
}

export interface PairedMetric {
  column: ComparisonColumn;
  /** One for each run. */
  cells: (Cell | undefined)[];
  /** Of each run against the first; undefined for the first, and where there is none. p is not corrected. */
  differences: (PairedDifference | undefined)[];
}

/** The settings that are not the same in all runs, seed and learning rate's choice included: path -> value of each run as it is shown. */
export function differingSettings(runs: readonly RunSummary[]): { path: string; values: (string | undefined)[] }[] {
  const settings = runs.map(
    (run): Record<string, string> => ({ ...settingsOfRun(run), seed: String(run.manifest.seed) }),
  );
  const paths = [...new Set(settings.flatMap((one) => Object.keys(one)))];
  return paths
    .map((path) => ({ path, values: settings.map((one) => one[path]) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Scores of runs that are finished, by the columns of the first. */
export function pairedMetrics(runs: readonly RunSummary[]): PairedMetric[] {
  const scored = runs.flatMap((run): ScoredRun[] =>
    run.result ? [{ run, result: run.result, predictions: readPredictions(run.folder) }] : [],
  );
  const [first] = scored;
  if (!first || scored.length < runs.length) return [];
  return columnsOf(first).map((column) => {
    const cells = scored.map(({ result }): Cell | undefined =>
      column.role === 'validation' ? result.validation?.[column.metric] : result.metrics[column.test]?.[column.metric],
    );
    const statistics = scored.map((run) => statisticsOf([run], column));
    return {
      column,
      cells,
      differences: cells.map((cell, r) => {
        if (r === 0 || cell?.value == null || cells[0]?.value == null) return undefined;
        const tested = testOf(statistics[r], statistics[0]);
        const interval = tested.p === undefined ? undefined : intervalOf(statistics[r]!, statistics[0]!);
        return { value: cell.value - cells[0].value, ...tested, ...interval };
      }),
    };
  });
}

/** Percentile bootstrap of the difference: items are drawn with both answers, so that what is hard for both cancels. */
function intervalOf(own: ItemStatistics, other: ItemStatistics): Interval {
  const width = [...own.rows.values()][0]!.length;
  const statistics = [...own.rows].map(([id, row]) =>
    Float64Array.from([...Array.from(row), ...Array.from(other.rows.get(id)!)]),
  );
  return bootstrap({
    statistics,
    value: (sums, n) => {
      const both = Array.from(sums);
      return own.value(both.slice(0, width), n) - own.value(both.slice(width), n);
    },
  });
}

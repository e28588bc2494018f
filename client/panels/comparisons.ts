/** The comparisons behind the results views, each kept until its runs, its reference or a star changed: to arrange one anew reads no prediction. */

import { MedpeftError, unlessRefused } from '../../runner/errors';
import {
  type Arrangement,
  type ComparisonTable,
  type Cost,
  compareSummaries,
  comparisonSettings,
  renderings,
} from '../../runner/reports';
import { readNotes } from '../../runner/runs';
import type { RunSummary } from '../runs/store';
import { resultsTables } from './resultsTable';

export interface AskedComparison {
  runs: readonly RunSummary[];
  /** Of the specs that they are shown under. */
  specFiles: readonly string[];
  /** Label of the row that differences are against; unset = as the spec says. */
  reference?: string;
  arrangement: Arrangement;
  cost: Cost;
}

export interface Comparisons {
  /** `problems`: what could not be read and cost no result, such as damaged notes. */
  tables(session: number, asked: AskedComparison): ReturnType<typeof resultsTables> & { problems: string[] };
  /** @throws MP4009 for a kind of file that there is not */
  rendering(session: number, asked: AskedComparison, kind: string): string;
  forget(session: number): void;
}

interface Kept {
  key: string;
  table: ComparisonTable;
  problems: string[];
}

export function createComparisons(): Comparisons {
  const kept = new Map<number, Kept>();

  const comparisonOf = (session: number, { runs, specFiles, reference }: AskedComparison): Kept => {
    const asked = comparisonSettings(specFiles);
    const stars = runs.map(({ folder }) => isStarred(folder));
    const key = JSON.stringify([
      asked,
      reference,
      stars,
      runs.map(({ id, state, result }) => [id, state, result?.finished]),
    ]);
    const known = kept.get(session);
    if (known?.key === key) return known;
    const problems: string[] = [];
    const onProblem = ({ code, message, place }: MedpeftError) => problems.push(`${code} ${place ?? ''}: ${message}`);
    const table = compareSummaries(runs, { ...asked, ...(reference ? { reference } : {}), onProblem });
    const made = { key, table, problems };
    kept.set(session, made);
    return made;
  };

  return {
    tables(session, asked) {
      const { table, problems } = comparisonOf(session, asked);
      return { ...resultsTables(table, asked.runs, asked.arrangement, asked.cost), problems };
    },
    rendering(session, asked, kind) {
      const rendering = Object.entries(renderings).find(([name]) => name === kind)?.[1];
      if (!rendering) throw new MedpeftError('MP4009', `there is no export as ${kind}`);
      return rendering.render(comparisonOf(session, asked).table, asked.arrangement);
    },
    forget: (session) => void kept.delete(session),
  };
}

const isStarred = (folder: string) => unlessRefused(() => readNotes(folder).starred);

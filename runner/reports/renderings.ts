/** The files that a comparison can be written to, whoever asks: the command line and the results view. */
import type { Arrangement } from './arrangement';
import { renderCsv } from './csv';
import { renderHtml } from './html';
import { renderLatex } from './latex';
import { renderMarkdown } from './markdown';
import { renderSvg } from './svg';
import type { ComparisonTable } from './table';

export interface Rendering {
  /** As people call it. */
  name: string;
  /** Ending of its files, without the dot. */
  ending: string;
  render(table: ComparisonTable, arrangement?: Arrangement): string;
}

export const renderings: Readonly<Record<'csv' | 'markdown' | 'latex' | 'html' | 'svg' | 'json', Rendering>> = {
  csv: { name: 'CSV', ending: 'csv', render: renderCsv },
  markdown: { name: 'Markdown', ending: 'md', render: renderMarkdown },
  latex: { name: 'LaTeX', ending: 'tex', render: renderLatex },
  html: { name: 'HTML', ending: 'html', render: renderHtml },
  svg: { name: 'SVG', ending: 'svg', render: (table) => renderSvg(table) },
  json: { name: 'JSON', ending: 'json', render: (table) => `${JSON.stringify(table)}\n` },
};

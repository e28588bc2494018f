/** The comparison as GitHub-flavoured Markdown. */
import type { Arrangement } from './arrangement';
import { footnotes, unfinishedNotes, verdicts } from './format';
import { gridOf } from './grid';
import type { ComparisonTable } from './table';

export function renderMarkdown(table: ComparisonTable, arrangement?: Arrangement): string {
  const sections = table.sections.map((section) => {
    const { head, body } = gridOf(section, arrangement);
    const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
    const lines = [head, rule, ...body].map((row) => `| ${row.map(escaped).join(' | ')} |`);
    const notes = [...footnotes(section), ...verdicts(section)].map((note) => `- ${escaped(note)}`);
    return [`## ${escaped(`${section.model} on ${section.task}`)}`, '', ...lines, '', ...notes, ''].join('\n');
  });
  return [...sections, ...unfinishedNotes(table).map((note) => `${escaped(note)}\n`)].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[|\\*_<>[\]`]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}

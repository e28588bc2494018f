/** The comparison as one HTML file that needs nothing else: no script, no font, no network. */
import type { Arrangement } from './arrangement';
import { footnotes, unfinishedNotes, verdicts } from './format';
import { gridOf } from './grid';
import { escapeMarkup } from './markup';
import { plotsOf } from './plot';
import { plotStyle } from './plot_style';
import type { ComparisonTable } from './table';

const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}
th,td{padding:.3rem .7rem;text-align:right;white-space:nowrap;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}
th:first-child,td:first-child{text-align:left}li{margin:.2rem 0}
figure{margin:1.5rem 0}svg{max-width:40rem;width:100%}figcaption{opacity:.8}
${plotStyle}`;

export function renderHtml(table: ComparisonTable, arrangement?: Arrangement): string {
  const sections = table.sections.map((section) => {
    const { head, body } = gridOf(section, arrangement);
    const rows = body.map(
      ([name, ...cells]) =>
        `<tr><th scope="row">${escapeMarkup(name!)}</th>${cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join('')}</tr>`,
    );
    return `<section>
<h2>${escapeMarkup(`${section.model} on ${section.task}`)}</h2>
<table><thead><tr>${head.map((text) => `<th scope="col">${escapeMarkup(text)}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>
${plotsOf(section)
  .map(({ svg, caption }) => `<figure>${svg}<figcaption>${caption}</figcaption></figure>`)
  .join('\n')}
<ul>
${[...footnotes(section), ...verdicts(section)].map((note) => `<li>${escapeMarkup(note)}</li>`).join('\n')}
</ul>
</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>MedPEFT comparison</title><style>${style}</style></head>
<body><h1>Comparison of runs</h1>
${[...sections, ...unfinishedNotes(table).map((note) => `<p>${escapeMarkup(note)}</p>`)].join('\n')}
</body></html>
`;
}

/** The comparison as one HTML file that needs nothing else: no script, no font, no network. */
import { footnotes, verdicts } from './format';
import { gridOf } from './grid';
import type { ComparisonTable } from './table';

const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}
th,td{padding:.3rem .7rem;text-align:right;white-space:nowrap;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}
th:first-child,td:first-child{text-align:left}li{margin:.2rem 0}`;

export function renderHtml(table: ComparisonTable): string {
  const sections = table.sections.map((section) => {
    const { head, body } = gridOf(section);
    const rows = body.map(
      ([name, ...cells]) =>
        `<tr><th scope="row">${escaped(name!)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`,
    );
    return `<section>
<h2>${escaped(`${section.model} on ${section.task}`)}</h2>
<table><thead><tr>${head.map((text) => `<th scope="col">${escaped(text)}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>
<ul>
${[...footnotes(section), ...verdicts(section)].map((note) => `<li>${escaped(note)}</li>`).join('\n')}
</ul>
</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>MedPEFT comparison</title><style>${style}</style></head>
<body><h1>Comparison of runs</h1>
${sections.join('\n')}
</body></html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

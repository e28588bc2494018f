/** The comparison as one HTML file that needs nothing else: no script, no font, no network. */
import { footnotes, verdicts } from './format';
import { gridOf } from './grid';
import { escapeMarkup } from './markup';
import { plotsOf } from './plot';
import type { ComparisonTable } from './table';

const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}
th,td{padding:.3rem .7rem;text-align:right;white-space:nowrap;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}
th:first-child,td:first-child{text-align:left}li{margin:.2rem 0}
figure{margin:1.5rem 0}svg{max-width:40rem;width:100%;font:12px system-ui,sans-serif;fill:currentColor}figcaption{opacity:.8}
svg line{stroke:currentColor}svg .grid{opacity:.15}svg .base{stroke-dasharray:4 4;opacity:.6}svg .whisker{opacity:.5}
svg .front{fill:none;stroke:#2a78c8;stroke-width:2}svg .on{fill:#2a78c8}svg .off{fill:none;stroke:currentColor}`;

export function renderHtml(table: ComparisonTable): string {
  const sections = table.sections.map((section) => {
    const { head, body } = gridOf(section);
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
${plotsOf(section).join('\n')}
<ul>
${[...footnotes(section), ...verdicts(section)].map((note) => `<li>${escapeMarkup(note)}</li>`).join('\n')}
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

/** The plots of a comparison as one SVG file, one beneath the other: score against trainable share, memory and time. */
import type { Cost } from './arrangement';
import { type Plot, plotSize, plotsOf } from './plot';
import { plotStyle } from './plot_style';
import type { ComparisonTable } from './table';

const against: readonly Cost[] = ['trainable', 'memory', 'time'];

/** A white ground, so that it can be read wherever it is put. Says so where no section has two methods to draw. */
export function renderSvg(table: ComparisonTable): string {
  const plots = table.sections.flatMap((section) => against.flatMap((cost) => plotsOf(section, cost)));
  const { width, height } = plotSize;
  const rows = Math.max(1, plots.length);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height * rows}" viewBox="0 0 ${width} ${height * rows}" color="#1f1f1f">`,
    `<style>${plotStyle}</style>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...(plots.length > 0
      ? plots.map(({ svg }: Plot, i) =>
          svg.replace('<svg ', `<svg y="${i * height}" width="${width}" height="${height}" `),
        )
      : ['<text x="16" y="32">Fewer than two finished methods: there is nothing to draw.</text>']),
    '</svg>',
    '',
  ].join('\n');
}

/** VS Code's colours as the page sees them, and a word when they change. */
import { opaque } from './colour';

/** Lines in this order; a run keeps its place, so that colour and dash go on meaning the same run. */
const lineColours = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'];

/** Canvas dashes in CSS pixels. Their number has no common divisor with the colours': 30 pairs before one repeats. */
export const dashes: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [16, 4]];

export interface Theme {
  text: string;
  faint: string;
  grid: string;
  highContrast: boolean;
  line(index: number): string;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const variable = (name: string, otherwise: string) => style.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const text = variable('foreground', 'CanvasText');
  return {
    text,
    faint: variable('descriptionForeground', text),
    grid: 'rgba(128, 128, 128, 0.35)', // half-way between any text and any background
    highContrast: document.body.classList.contains('vscode-high-contrast'),
    line: (index) => opaque(variable(`charts-${lineColours[index % lineColours.length]}`, text)),
  };
}

/** Hands the lines' colours to the style sheet as --line-0, --line-1 … */
export function setLineColours(target: HTMLElement): void {
  const { line } = readTheme();
  lineColours.forEach((_, index) => {
    target.style.setProperty(`--line-${index}`, line(index));
  });
}

/** VS Code marks the theme on the body; a custom theme may change colours without changing the kind. */
export function onThemeChange(act: () => void): void {
  const observer = new MutationObserver(act);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}

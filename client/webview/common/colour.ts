/** Colours as CSS writes them. No DOM in here. */

/** Some themes give chart colours an alpha that was meant for marks behind text; a thin line would hardly be seen. */
export function opaque(colour: string): string {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})([0-9a-f]{1,2})$/i.exec(colour);
  if (hex && (colour.length === 5 || colour.length === 9)) return `#${hex[1]}`;
  const rgba = /^rgba\(([^,]+,[^,]+,[^,]+),[^)]+\)$/.exec(colour);
  return rgba ? `rgb(${rgba[1]})` : colour;
}

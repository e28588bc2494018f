/** Elements without markup in strings: text is always text. */

type Attributes = Record<string, string | number | boolean | undefined>;
type Child = Node | string | undefined | false;

/** Makes an element. `true` sets an attribute without a value; `false` and undefined leave it out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return made;
}

export function svgElement(tag: 'svg' | 'line', attributes: Attributes, ...children: Node[]): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    target.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Sets text only where it differs: a live region is not read out again, a selection is not lost. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** A label with its control inside. */
export function labelled(text: string, control: HTMLElement): HTMLLabelElement {
  return element('label', { class: 'control' }, element('span', {}, text), control);
}

/** A drop-down list of [value, text] pairs. */
export function selection(options: readonly (readonly [string, string])[], value: string): HTMLSelectElement {
  const select = element('select');
  fillSelection(select, options, value);
  return select;
}

/** Changes the list only if it differs, so that an open one stays open. */
export function fillSelection(
  select: HTMLSelectElement,
  options: readonly (readonly [string, string])[],
  value: string,
): void {
  const now = [...select.options].map((option) => [option.value, option.text] as const);
  if (JSON.stringify(now) !== JSON.stringify(options))
    select.replaceChildren(...options.map(([key, text]) => element('option', { value: key }, text)));
  select.value = value;
}

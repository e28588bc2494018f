/** The quantities of the live panel: their order, and which of them its charts show. */

/** Training first, validation next, then what was only tested; each in the order in which it was met. */
export function inOrder(quantities: Iterable<string>): string[] {
  const rank = (name: string) => (name.startsWith('training ') ? 0 : name.startsWith('validation ') ? 1 : 2);
  return [...quantities].sort((a, b) => rank(a) - rank(b));
}

/** What the two charts show: the user's choice where runs have it, else the loss in training and the first score on validation. */
export function chosenQuantities(wanted: readonly (string | undefined)[], known: readonly string[]): [string, string] {
  const [first, second] = wanted;
  const score = known.find((name) => name.startsWith('validation ')) ?? 'validation';
  const choose = (name: string | undefined, otherwise: string) => (name && known.includes(name) ? name : otherwise);
  return [choose(first, 'training loss'), choose(second, score)];
}

/** Keys in the order of the schema. Names keep theirs: the order of methods is that of every table. */
import type { Node } from 'jsonc-parser';
import type { LanguageService } from 'vscode-json-languageservice';
import type { TextEdit } from 'vscode-languageserver/node';
import type { SpecDocument } from './documents';

/** The edit that sorts the keys of a spec without syntax errors, comments with the key that they stand above or behind; none where they are sorted. */
export async function sortKeys(document: SpecDocument, json: LanguageService): Promise<TextEdit[]> {
  const { text, tree } = document;
  if (!tree) return [];
  const orders = new Map<number, readonly string[]>();
  for (const { node, schema } of await json.getMatchingSchemas(text, document.json))
    if (node.type === 'object' && schema.properties) orders.set(node.offset, Object.keys(schema.properties));
  const whole = text.getText();
  const sorted = whole.slice(0, tree.offset) + written(tree, whole, orders) + whole.slice(tree.offset + tree.length);
  if (sorted === whole) return [];
  return [{ range: { start: text.positionAt(0), end: text.positionAt(whole.length) }, newText: sorted }];
}

function written(node: Node, text: string, orders: ReadonlyMap<number, readonly string[]>): string {
  const children = node.type === 'property' ? node.children!.slice(1) : (node.children ?? []);
  if (children.length === 0) return text.slice(node.offset, node.offset + node.length);
  const end = node.offset + node.length;
  const bodies = children.map((child) => written(child, text, orders));
  const order = node.type === 'object' ? orders.get(node.offset) : undefined;
  if (!order) {
    const gaps = children.map((child, i) => text.slice(endOf(children[i - 1]) ?? node.offset, child.offset));
    return gaps.map((gap, i) => gap + bodies[i]).join('') + text.slice(endOf(children.at(-1)), end);
  }
  const gaps = children.map((child, i) =>
    split(text.slice(endOf(child)!, children[i + 1]?.offset ?? end - 1), i === children.length - 1),
  );
  const entries = children.map((child, i) => ({
    place: placeIn(order, String(child.children![0]!.value)),
    above: i === 0 ? text.slice(node.offset + 1, child.offset) : gaps[i - 1]!.next,
    body: bodies[i]! + gaps[i]!.before,
    gap: gaps[i]!,
  }));
  const { comma, next } = gaps.at(-1)!;
  entries.sort((a, b) => a.place - b.place);
  const lines = entries.map(({ body, gap }, i) => `${body}${i < entries.length - 1 || comma ? ',' : ''}${gap.behind}`);
  const following = [...entries.slice(1).map(({ above }) => above), next];
  const rest = entries.map(({ gap }, i) => lines[i] + (gap.commented ? onOwnLine(following[i]!) : following[i]!));
  return `{${entries[0]!.above}${rest.join('')}}`;
}

/** A comment to the end of the line takes nothing with it that did not stand there. */
const onOwnLine = (text: string) => (/^[^\S\r\n]*\r?\n/.test(text) ? text : `\n${text}`);

const endOf = (node: Node | undefined) => node && node.offset + node.length;

/** Keys that the schema does not know stay behind those that it knows, in their order. */
function placeIn(order: readonly string[], key: string): number {
  const place = order.indexOf(key);
  return place < 0 ? order.length : place;
}

interface Gap {
  /** Before the comma. */
  before: string;
  comma: boolean;
  /** Comments behind it, to the end of the line. */
  behind: string;
  /** Whether the last of them goes to the end of the line. */
  commented: boolean;
  /** Of the next entry, or of what closes the object. */
  next: string;
}

/** What stands between an entry and the next, or the end: white space, comments, perhaps a comma. */
function split(gap: string, isLast: boolean): Gap {
  const tokens: string[] = gap.match(/[^\S\r\n]+|\r?\n|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|,/g) ?? [];
  const comma = tokens.indexOf(',');
  const rest = tokens.slice(comma + 1);
  const broken = rest.findIndex((token) => /^\r?\n$/.test(token));
  const line = rest.slice(0, broken < 0 ? (isLast ? rest.length : 0) : broken);
  const own = line.findLastIndex((token) => token.startsWith('/')) + 1;
  return {
    before: tokens.slice(0, Math.max(0, comma)).join(''),
    comma: comma >= 0,
    behind: rest.slice(0, own).join(''),
    commented: rest[own - 1]?.startsWith('//') ?? false,
    next: rest.slice(own).join(''),
  };
}

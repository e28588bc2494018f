/** Offers to convert the settings of another tool that were pasted into `adapters`. */
import { findNodeAtLocation, getNodeValue, type Node } from 'jsonc-parser';
import { type CodeAction, CodeActionKind, type Range, type TextEdit } from 'vscode-languageserver/node';
import type { SpecDocument } from '../documents';
import { insertProperty, replace } from '../fixes/edits';
import { knownNames } from '../known-names';
import { propertiesOf } from '../names';
import { type Converted, convertForeign } from './foreign';

/** For what the range touches: an adapter of its own, or settings pasted between the braces of `adapters`. */
export function conversions(document: SpecDocument, range: Range): CodeAction[] {
  const section = document.tree && findNodeAtLocation(document.tree, ['adapters']);
  if (!section) return [];
  const [from, to] = [document.text.offsetAt(range.start), document.text.offsetAt(range.end)];
  const touched = ({ offset, length }: Node) => offset <= to && from <= offset + length;
  const whole = convertForeign(getNodeValue(section));
  if (whole && touched(section)) {
    const name = freeName(document, whole.name);
    return [action(document, section, whole, `{ ${JSON.stringify(name)}: ${written(document, section, whole)} }`)];
  }
  return propertiesOf(section).flatMap(({ value }) => {
    const converted = value && convertForeign(getNodeValue(value));
    return converted && value.parent && touched(value.parent)
      ? [action(document, value, converted, written(document, value, converted))]
      : [];
  });
}

function action(document: SpecDocument, node: Node, converted: Converted, newText: string): CodeAction {
  const { from, adapter, left } = converted;
  const without = left.length > 0 ? `, without ${left.length} setting${left.length === 1 ? '' : 's'}` : '';
  return {
    title: `Convert ${from} settings to a ${String(adapter.type)} adapter${without}`,
    kind: CodeActionKind.QuickFix,
    isPreferred: true,
    edit: {
      changes: { [document.uri]: [replace(document.text, node, newText), ...trainingEdits(document, converted)] },
    },
  };
}

/** On one line; what was left out is told in a comment above it, so that nothing goes away in silence. */
function written({ text }: SpecDocument, node: Node, { from, adapter, left }: Converted): string {
  const settings = Object.entries(adapter).map(([key, value]) => `${JSON.stringify(key)}: ${spaced(value)}`);
  if (left.length === 0) return `{ ${settings.join(', ')} }`;
  const line = text.getText().slice(text.offsetAt({ line: text.positionAt(node.offset).line, character: 0 }));
  const indent = /^[ \t]*/.exec(line)![0];
  const told = `// not carried over from ${from}: ${left.join(', ').replaceAll('\n', ' ')}`;
  return `{\n${indent}  ${told}\n${indent}  ${settings.join(`,\n${indent}  `)}\n${indent}}`;
}

const spaced = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map((entry) => JSON.stringify(entry)).join(', ')}]` : JSON.stringify(value);

/** Settings that the spec's training does not have yet. */
function trainingEdits({ tree, text }: SpecDocument, { training }: Converted): TextEdit[] {
  const owner = tree && findNodeAtLocation(tree, ['training']);
  const wanted = Object.entries(training).filter(([key]) => !owner || !findNodeAtLocation(owner, [key]));
  if (!tree || wanted.length === 0) return [];
  const list = wanted.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ');
  if (!owner) return [insertProperty(text, tree, 'training', `{ ${list} }`)];
  if (owner.type !== 'object') return [];
  const last = owner.children?.at(-1);
  const at = last ? last.offset + last.length : owner.offset + 1;
  return [replace(text, { offset: at, length: 0 }, last ? `, ${list}` : ` ${list} `)];
}

function freeName(document: SpecDocument, wanted: string): string {
  const taken = knownNames(document, 'parameter_groups').map(({ name }) => name);
  for (let i = 2; ; i++) {
    const name = i === 2 ? wanted : `${wanted}_${i - 1}`;
    if (!taken.includes(name)) return name;
  }
}

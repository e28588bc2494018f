/** What the disk said of one text, carried over to the next by its place, so that marks do not flicker while somebody types. */
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { Diagnostic } from '../../runner/errors';
import type { SpecDocument } from '../documents';
import { insideOf } from '../ranges';

export interface DiskFinding {
  diagnostic: Diagnostic;
  marks: 'key' | 'value';
}

/** Those of `all` that the text alone does not tell, with what they mark. */
export function findingsOf(document: SpecDocument, all: readonly Diagnostic[]): DiskFinding[] {
  const same = (a: Diagnostic, b: Diagnostic) => identity(a) === identity(b);
  return all
    .filter((diagnostic) => !document.spec.diagnostics.some((known) => same(known, diagnostic)))
    .map((diagnostic) => {
      const key = keyOf(nodeAt(document, diagnostic));
      const start = document.text.offsetAt(diagnostic.range.start);
      return { diagnostic, marks: key && start <= key.offset + key.length ? 'key' : 'value' };
    });
}

/** The finding at its place in this text; undefined where that place is gone. */
export function place(document: SpecDocument, { diagnostic, marks }: DiskFinding): Diagnostic | undefined {
  const node = nodeAt(document, diagnostic);
  const marked = marks === 'key' ? keyOf(node) : node;
  return marked && { ...diagnostic, range: insideOf(document.text, marked) };
}

const identity = ({ code, path, message }: Diagnostic) => JSON.stringify([code, path, message]);

const nodeAt = ({ tree }: SpecDocument, { path }: Diagnostic): Node | undefined =>
  tree && path.length > 0 ? findNodeAtLocation(tree, path) : undefined;

const keyOf = (node: Node | undefined) => (node?.parent?.type === 'property' ? node.parent.children?.[0] : undefined);

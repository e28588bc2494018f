/** What a quick fix is made from, and the shape of a source of fixes. */
import type { JSONPath } from 'jsonc-parser';
import type { Range, TextEdit } from 'vscode-languageserver/node';
import type { SpecDocument } from '../documents';
import type { Facts } from '../facts';

export interface FixRequest {
  document: SpecDocument;
  diagnostic: { range: Range; message: string };
  code: string;
  /** Keys from the root of the spec to the place. */
  path: JSONPath;
  /** Nearest known word. */
  suggestion?: string;
  facts: Facts;
}

export interface Fix {
  title: string;
  edits: TextEdit[];
  /** The one that is meant in all likelihood: what "fix all" does. */
  preferred?: boolean;
}

/** Remedies for some codes; one file a source, one line in sources.ts. */
export type FixSource = (request: FixRequest) => Fix[] | Promise<Fix[]>;

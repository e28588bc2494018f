/** Specs as they stand in the editor, else on disk, and how they extend each other. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { LanguageService } from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import type { Documents } from '../documents';
import { specFiles } from '../spec-files';

export interface SpecText {
  /** Absolute. */
  file: string;
  text: TextDocument;
  tree: Node | undefined;
  /** Version of the text in the editor; null when it is not open there. */
  version: number | null;
}

export interface SpecTexts {
  /** Undefined for what is not there: that is a diagnostic's business. */
  open(file: string): Promise<SpecText | undefined>;
  /** The specs that this one extends, nearest first. */
  basesOf(spec: SpecText): Promise<SpecText[]>;
  /** Every spec of the workspace, and every open one. */
  all(): Promise<SpecText[]>;
}

export interface SpecTextParts {
  documents: Documents;
  json: LanguageService;
  /** Absolute folders of the workspace. */
  folders(): readonly string[];
}

export function createSpecTexts({ documents, json, folders }: SpecTextParts): SpecTexts {
  const open = async (file: string): Promise<SpecText | undefined> => {
    const uri = URI.file(file).toString();
    const shown = documents.get(uri) ?? documents.all().find((document) => document.onDisk && document.file === file);
    if (shown) return { file, text: shown.text, tree: shown.tree, version: shown.version };
    const content = await readFile(file, 'utf8').catch(() => undefined);
    if (content === undefined) return undefined;
    const text = TextDocument.create(uri, 'medpeft', 0, content.replace(/^\uFEFF/, ''));
    return { file, text, tree: json.parseJSONDocument(text).root, version: null };
  };

  return {
    open,
    async basesOf(spec) {
      const bases: SpecText[] = [];
      for (let next = baseOf(spec); next !== undefined; ) {
        const file: string = next;
        // a chain that comes back to itself is a diagnostic's business
        if (file === spec.file || bases.some((base) => base.file === file)) break;
        const base = await open(file);
        if (!base) break;
        bases.push(base);
        next = baseOf(base);
      }
      return bases;
    },
    async all() {
      const shown = documents.all().flatMap(({ onDisk, file }) => (onDisk ? [file] : []));
      const files = [...new Set([...shown, ...(await specFiles(folders(), shown))])].sort();
      return (await Promise.all(files.map(open))).filter((spec) => spec !== undefined);
    },
  };
}

function baseOf({ file, tree }: SpecText): string | undefined {
  const node = tree && findNodeAtLocation(tree, ['extends']);
  return node?.type === 'string' ? path.resolve(path.dirname(file), String(node.value)) : undefined;
}

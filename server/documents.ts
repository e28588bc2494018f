/** The open specs: each text is parsed once a version, and only in the way that a feature asks for. */
import path from 'node:path';
import { findNodeAtLocation, getNodeValue, type Node } from 'jsonc-parser';
import type { JSONDocument, LanguageService } from 'vscode-json-languageservice';
import { type Connection, TextDocumentSyncKind, TextDocuments } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import { lazy, once } from '../runner/once';
import { loadSpec, type SpecFile } from '../runner/spec';
import { followExtends, type ReadBase } from '../runner/spec/extends';
import { isObject } from '../schemas/json';
import { createBases } from './bases';
import { astAround, astOf } from './json-tree';

/** One version of one open spec. */
export interface SpecDocument {
  readonly uri: string;
  readonly version: number;
  readonly text: TextDocument;
  /** Absolute path of the spec. Texts that are not files (unsaved, virtual) get a name that does not exist. */
  readonly file: string;
  /** Whether paths of the spec can be looked up on disk. */
  readonly onDisk: boolean;
  /** What the JSON language service works on: the runner's tree; the service's own, tolerant one of a broken text. */
  readonly json: JSONDocument;
  /** The same for a question about one place, without what has no say in it. */
  jsonAround(offset: number): JSONDocument;
  /** The tree for our own features. Undefined for an empty text. */
  readonly tree: Node | undefined;
  /** The value of that tree laid over those of the specs that it extends, right or wrong. */
  readonly value: unknown;
  /** One section of that value. */
  section(name: string): unknown;
  /** Structure and names as the runner sees them. */
  readonly spec: SpecFile;
}

/** In a text with a syntax error words may be taken for what stands between them: formatting would move it into a text, and not settle. */
export const isWhole = ({ spec }: SpecDocument) => !spec.isBroken;

export interface Documents {
  get(uri: string): SpecDocument | undefined;
  all(): SpecDocument[];
  /** A text was opened or has changed. It is parsed only once somebody asks for it. */
  onChange(listener: (uri: string) => void): void;
  onSave(listener: (document: SpecDocument) => void): void;
  onClose(listener: (uri: string) => void): void;
  /** Settled when the specs that an open one extends have been read, or after some patience. */
  whenRead(uri: string): Promise<void>;
  /** Files have changed: those that open specs extend are read again when they are next asked for. */
  changed(files: readonly string[]): void;
  /** Takes a spec for another one whose text is the same, but not what it depends on. */
  reread(uri: string): void;
  /** A spec that others extend was read for the first time or has changed; those are merged anew. */
  onBase(listener: (file: string) => void): void;
  listen(connection: Connection): void;
}

export const syncKind = TextDocumentSyncKind.Incremental;

export function createDocuments(json: LanguageService): Documents {
  const texts = new TextDocuments(TextDocument);
  const cache = new Map<string, SpecDocument>();
  const bases = createBases();

  const get = (uri: string) => {
    const text = texts.get(uri);
    if (!text) return undefined;
    const known = cache.get(uri);
    if (known) return known;
    const made = open(text, json, bases.read);
    cache.set(uri, made);
    return made;
  };

  // The first to listen, so that whoever is told of a change finds the new text.
  texts.onDidChangeContent(({ document }) => cache.delete(document.uri));
  texts.onDidClose(({ document }) => cache.delete(document.uri));
  bases.onRead((file) => {
    for (const [uri, { spec }] of cache) if (spec.bases.includes(file)) cache.delete(uri);
  });
  return {
    get,
    all: () => texts.keys().flatMap((uri) => get(uri) ?? []),
    onChange: (listener) => {
      texts.onDidChangeContent(({ document }) => listener(document.uri));
    },
    onSave: (listener) => {
      texts.onDidSave(({ document }) => {
        const spec = get(document.uri);
        if (spec) listener(spec);
      });
    },
    async whenRead(uri) {
      if (get(uri)?.spec.isPartial) await bases.settled();
    },
    changed: bases.changed,
    reread: (uri) => {
      cache.delete(uri);
    },
    onBase: bases.onRead,
    onClose: (listener) => {
      texts.onDidClose(({ document }) => listener(document.uri));
    },
    listen: (connection) => {
      texts.listen(connection);
    },
  };
}

function open(live: TextDocument, json: LanguageService, readBase: ReadBase): SpecDocument {
  // The live text changes under whoever waits for something; a copy stays what it was.
  const text = TextDocument.create(live.uri, live.languageId, live.version, live.getText());
  const uri = URI.parse(text.uri);
  const onDisk = uri.scheme === 'file';
  const file = onDisk ? uri.fsPath : path.resolve('/', 'not-on-disk', path.basename(uri.path) || 'untitled');
  const spec = lazy(() => loadSpec(file, { text: text.getText(), readBase }));
  const parsed = lazy(() => {
    const { isBroken, tree } = spec();
    return isBroken ? json.parseJSONDocument(text) : json.newJSONDocument(tree && astOf(tree));
  });
  const tree = lazy(() => (spec().isBroken ? parsed().root : spec().tree));
  const value = lazy(() => {
    const root = tree();
    return spec().isBroken ? followExtends(file, { value: root && getNodeValue(root) }, readBase).value : spec().value;
  });
  const sections = new Map<string, unknown>();
  const sectionOf = (name: string) => {
    const root = tree();
    if (root?.type !== 'object') return undefined;
    if (findNodeAtLocation(root, ['extends'])) {
      const merged = value();
      return isObject(merged) ? merged[name] : undefined;
    }
    // of two the last one counts
    const own = root.children?.findLast(({ children }) => children?.[0]?.value === name)?.children?.[1];
    return own && getNodeValue(own);
  };
  return {
    uri: text.uri,
    version: text.version,
    text,
    file,
    onDisk,
    get json() {
      return parsed();
    },
    jsonAround(offset) {
      const { isBroken, tree } = spec();
      return isBroken || !tree ? parsed() : json.newJSONDocument(astAround(tree, offset));
    },
    section: (name) => once(sections, name, () => sectionOf(name)),
    get tree() {
      return tree();
    },
    get value() {
      return value();
    },
    get spec() {
      return spec();
    },
  };
}

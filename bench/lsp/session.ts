/** An editor with one spec open: types into it, asks at places of it, and holds a clock. */
import type { Diagnostic } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type Client, pushing, startClient, uriOf } from '../../test/lsp/client';
import type { Workload } from './workload';

export const requests = ['completion', 'hover', 'definition'] as const;
export type RequestName = (typeof requests)[number];

/** What each request is asked for, in turns: the text before the place, and how many characters behind it the cursor stands. */
const places: Readonly<Record<RequestName, readonly (readonly [before: string, characters: number])[]>> = {
  completion: [
    ['"components": { "text_decoder": "', 2],
    ['"targets": ["', 2],
    ['"pattern": "', 2],
    ['"learning_', 0],
  ],
  hover: [
    ['"components": { "text_decoder": "', 2],
    ['    "method', 1],
    ['"learning_', 0],
    ['"test": ["', 2],
  ],
  definition: [
    ['"components": { "text_decoder": "', 2],
    ['"test": ["', 2],
  ],
};

/** What a digit is typed behind, in turns: a comment and a value. */
const typedBehind = ['tunes', '"learning_rate": 1'];

export interface Session {
  client: Client;
  uri: string;
  /** Milliseconds that an answer takes. @param changed whether a key is typed just before: an editor waits for no diagnostics */
  ask(name: RequestName, changed: boolean): Promise<number>;
  /** Types a digit, or takes it back. @returns milliseconds until the diagnostics of that text have come */
  type(): Promise<number>;
}

/** Types and asks at the same places whenever it is opened. */
export async function openSession(server: string, { file, text }: Workload): Promise<Session> {
  const client = await startClient(server, pushing);
  const uri = uriOf(file);
  const random = generator();
  const told = new Map<number, () => void>();
  client.rpc.onNotification(
    'textDocument/publishDiagnostics',
    ({ version = -1 }: { version?: number; diagnostics: Diagnostic[] }) => {
      told.get(version)?.();
      told.delete(version);
    },
  );
  const diagnosed = (version: number) => new Promise<void>((resolve) => told.set(version, resolve));
  let document = TextDocument.create(uri, 'medpeft', 1, text);
  const opened = diagnosed(1);
  await client.open(uri, text);
  await opened;

  let typed: number | undefined;
  /** The next key, in our copy of the text. @returns what tells the server of it, and comes back with the diagnostics */
  const key = (): (() => Promise<void>) => {
    const version = document.version + 1;
    const behind = typedBehind[random(typedBehind.length)]!;
    const offset = typed ?? somewhere(document.getText(), behind, random) + behind.length;
    const isBack = typed !== undefined;
    typed = isBack ? undefined : offset;
    const range = { start: document.positionAt(offset), end: document.positionAt(offset + (isBack ? 1 : 0)) };
    const contentChanges = [{ range, text: isBack ? '' : String(1 + (version % 9)) }];
    document = TextDocument.update(document, contentChanges, version);
    return () => {
      void client.rpc.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
      return diagnosed(version);
    };
  };

  let asked = 0;
  return {
    client,
    uri,
    async ask(name, changed) {
      const send = changed ? key() : undefined;
      const [before, characters] = places[name][asked++ % places[name].length]!;
      const offset = somewhere(document.getText(), before, random) + before.length + characters;
      const params = { textDocument: { uri }, position: document.positionAt(offset) };
      const begun = performance.now();
      const told = send?.();
      await client.request(`textDocument/${name}`, params);
      const took = performance.now() - begun;
      await told;
      return took;
    },
    async type() {
      const send = key();
      const begun = performance.now();
      await send();
      return performance.now() - begun;
    },
  };
}

/** An offset where a passage stands. @throws where it stands nowhere */
function somewhere(text: string, passage: string, random: (below: number) => number): number {
  const behind = text.indexOf(passage, random(text.length));
  const found = behind < 0 ? text.indexOf(passage) : behind;
  if (found < 0) throw new Error(`${passage} stands nowhere in the spec`);
  return found;
}

/** Pseudo-random whole numbers, the same ones each time. */
function generator(): (below: number) => number {
  let state = 12345;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

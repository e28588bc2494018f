/** One server and one folder for the tests of a file; each text becomes a document of its own. */
import { afterAll, beforeAll } from 'vitest';
import type { ClientCapabilities } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { server } from '../programs';
import { type Client, cursor, pushing, startClient, uriOf } from './client';
import { type Fixture, makeFixture } from './fixture';

export interface Session {
  client: Client;
  fixture: Fixture;
  /** A URI in the fixture's folder that no other test uses. */
  freshUri(): string;
  /** Opens a text as a new document. */
  open(text: string): Promise<TextDocument>;
  /** Opens a text whose cursor is marked by `|`, and asks for what is there. */
  at<R>(marked: string, method: string): Promise<{ document: TextDocument; result: R }>;
}

export function useServer(capabilities: ClientCapabilities = pushing): Session {
  const session = {} as Session;
  const clean: (() => void | Promise<void>)[] = [];
  let count = 0;
  beforeAll(async () => {
    const fixture = makeFixture();
    clean.push(fixture.dispose);
    const client = await startClient(server, capabilities);
    clean.push(client.dispose);
    Object.assign(session, { client, fixture });
  });
  afterAll(async () => {
    for (const dispose of clean.reverse()) await dispose();
  });
  session.freshUri = () => uriOf(session.fixture.at(`spec${++count}.medpeft.json`));
  session.open = async (text) => {
    const document = TextDocument.create(session.freshUri(), 'medpeft', 1, text);
    await session.client.open(document.uri, text);
    return document;
  };
  session.at = async <R>(marked: string, method: string) => {
    const { text, offset } = cursor(marked);
    const document = await session.open(text);
    const position = document.positionAt(offset);
    const result = await session.client.request<R>(method, { textDocument: { uri: document.uri }, position });
    return { document, result };
  };
  return session;
}

/** The text with one passage put in the place of another that stands in it exactly once. */
export function change(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`${from} does not stand exactly once`);
  return text.replace(from, () => to);
}

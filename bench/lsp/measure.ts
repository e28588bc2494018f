/** One server driven over JSON-RPC as an editor drives it, with a clock in hand. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Diagnostic, Hover, MarkupContent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type Client, pushing, startClient, uriOf } from '../../test/lsp/client';
import type { Workload } from './workload';

export const requests = ['completion', 'hover', 'definition'] as const;
export type RequestName = (typeof requests)[number];

export interface Measured {
  /** Milliseconds from the start of the process to the first diagnostics. */
  start: number[];
  /** Milliseconds of each request on a text that has been asked before, and on one that has just changed. */
  warm: Record<RequestName, number[]>;
  cold: Record<RequestName, number[]>;
  /** Milliseconds from a key to the diagnostics of the text that it makes. */
  diagnostics: number[];
  /** Resident megabytes after so many edits. */
  memory: { edits: number; megabytes: number }[];
}

export interface Settings {
  rounds: number;
  /** Keys that are typed while memory is watched. */
  edits: number;
  /** Whether the server is ours, which tells when checkpoint and data have been read. */
  ours: boolean;
}

/** @param server absolute path of the bundle */
export async function measure(server: string, work: Workload, settings: Settings): Promise<Measured> {
  const start: number[] = [];
  for (let round = 0; round < 5; round++) start.push(await timeOfStart(server, work));
  const client = await startClient(server, pushing);
  const session = await openSession(client, work);
  try {
    if (settings.ours) await factsAreRead(client, session.uri, work.text);
    const warm = await timesOf(settings.rounds, session, false);
    const cold = await timesOf(settings.rounds, session, true);
    const diagnostics: number[] = [];
    for (let i = 0; i < settings.rounds; i++) diagnostics.push(await session.type());
    const memory = await memoryOf(settings.edits, session);
    return { start, warm, cold, diagnostics, memory };
  } finally {
    await client.dispose();
  }
}

async function timeOfStart(server: string, { file, text }: Workload): Promise<number> {
  const begun = performance.now();
  const client = await startClient(server, pushing);
  const first = client.pushed(uriOf(file), () => true);
  await client.open(uriOf(file), text);
  await first;
  const took = performance.now() - begun;
  await client.dispose();
  return took;
}

/** Milliseconds after which facts that have not come never will. */
const patience = 60_000;

/** A hover on a group shows counts of tensors once the header has been read, one on a data set its splits once the records have. */
async function factsAreRead(client: Client, uri: string, text: string): Promise<void> {
  const document = TextDocument.create(uri, 'medpeft', 0, text);
  for (const [name, sign] of [
    ['"norms": {', '| trained |'],
    ['"rad": {', '| train |'],
  ] as const)
    for (const begun = performance.now(); ; ) {
      if (performance.now() - begun > patience) throw new Error(`no hover on ${name} shows ${sign}`);
      const position = document.positionAt(text.indexOf(name) + 2);
      const found = await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
      if (((found?.contents as MarkupContent | undefined)?.value ?? '').includes(sign)) break;
      await wait(50);
    }
}

interface Session {
  client: Client;
  uri: string;
  document: TextDocument;
  /** Types a digit into a comment of a pseudo-random method, or takes it back; answers when the diagnostics are there. */
  type(): Promise<number>;
}

async function openSession(client: Client, { file, text }: Workload): Promise<Session> {
  const uri = uriOf(file);
  let document = TextDocument.create(uri, 'medpeft', 1, text);
  const opened = client.pushed(uri, () => true);
  await client.open(uri, text);
  await opened;
  const versions = new Map<number, (at: number) => void>();
  client.rpc.onNotification(
    'textDocument/publishDiagnostics',
    (params: { uri: string; version?: number; diagnostics: Diagnostic[] }) => {
      versions.get(params.version ?? -1)?.(performance.now());
      versions.delete(params.version ?? -1);
    },
  );
  let typed: { offset: number } | undefined;
  const session: Session = {
    client,
    uri,
    get document() {
      return document;
    },
    async type() {
      const version = document.version + 1;
      const offset = typed?.offset ?? document.getText().indexOf('tunes', random(document.getText().length >> 1));
      const range = { start: document.positionAt(offset), end: document.positionAt(offset + (typed ? 1 : 0)) };
      const change = { range, text: typed ? '' : String(version % 10) };
      typed = typed ? undefined : { offset };
      document = TextDocument.update(document, [change], version);
      const told = new Promise<number>((resolve) => {
        versions.set(version, resolve);
      });
      const begun = performance.now();
      await client.rpc.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [change],
      });
      return (await told) - begun;
    },
  };
  return session;
}

/** The same places in every run. */
let state = 12345;
function random(below: number): number {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state % below;
}

/** Places where something can be asked: behind the first letter of a name in `components`. */
function placeIn(document: TextDocument) {
  const text = document.getText();
  const at = text.indexOf('"components": { "text_decoder": "', random(text.length >> 1));
  return document.positionAt(at + '"components": { "text_decoder": "'.length + 2);
}

async function timesOf(rounds: number, session: Session, cold: boolean): Promise<Record<RequestName, number[]>> {
  const times: Record<RequestName, number[]> = { completion: [], hover: [], definition: [] };
  for (let round = 0; round < rounds; round++)
    for (const name of requests) {
      if (cold) await session.type();
      const params = { textDocument: { uri: session.uri }, position: placeIn(session.document) };
      const begun = performance.now();
      await session.client.request(`textDocument/${name}`, params);
      times[name].push(performance.now() - begun);
    }
  return times;
}

async function memoryOf(edits: number, session: Session): Promise<Measured['memory']> {
  const found: Measured['memory'] = [];
  const step = Math.max(1, Math.floor(edits / 5));
  for (let i = 0; i <= edits; i++) {
    if (i % step === 0) found.push({ edits: i, megabytes: residentOf(session.client.process.pid!) });
    await session.type();
    if (i % 10 === 0) await timesOf(1, session, false);
  }
  return found;
}

function residentOf(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1000);
}

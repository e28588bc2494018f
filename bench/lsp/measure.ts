/** One server driven over JSON-RPC as an editor drives it. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Hover, MarkupContent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { openSession, type RequestName, requests, type Session } from './session';
import type { Workload } from './workload';

/** Milliseconds of one turn of a server. */
export interface Times {
  /** From the start of the process to the first diagnostics. */
  start: number[];
  /** Of each request on a text that has been asked before, and on one that changes just before. */
  warm: Record<RequestName, number[]>;
  cold: Record<RequestName, number[]>;
  /** From a key to the diagnostics of the text that it makes. */
  diagnostics: number[];
}

/** Resident megabytes of the server's process after so many keys. */
export type Memory = { edits: number; megabytes: number }[];

/** A server to measure. */
export interface Side {
  /** Absolute path of its bundle. */
  bundle: string;
  /** Whether it is ours, which tells when checkpoint and data have been read. */
  ours: boolean;
}

const starts = 3;

/** A turn in a process of its own. */
export async function measure(side: Side, work: Workload, rounds: number): Promise<Times> {
  const start: number[] = [];
  for (let i = 0; i < starts; i++) {
    const begun = performance.now();
    const { client } = await openSession(side.bundle, work);
    start.push(performance.now() - begun);
    await client.dispose();
  }
  return inSession(side, work, async (session) => {
    // what Node compiles while the first answers are made is not what an hour of editing feels like
    await timesOf(rounds / 4, session, true);
    const warm = await timesOf(rounds, session, false);
    const cold = await timesOf(rounds, session, true);
    const diagnostics: number[] = [];
    for (let i = 0; i < rounds; i++) diagnostics.push(await session.type());
    return { start, warm, cold, diagnostics };
  });
}

async function inSession<T>(side: Side, work: Workload, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await openSession(side.bundle, work);
  try {
    if (side.ours) await factsAreRead(session, work.text);
    return await use(session);
  } finally {
    await session.client.dispose();
  }
}

/** Milliseconds after which facts that have not come never will. */
const patience = 300_000;

/** A hover on a group shows counts of tensors once the header has been read, one on a data set its splits once the records have, one on a method its steps once the spec is planned. */
async function factsAreRead({ client, uri }: Session, text: string): Promise<void> {
  const document = TextDocument.create(uri, 'medpeft', 0, text);
  for (const [name, sign] of [
    ['"norms": {', '| trained |'],
    ['"rad": {', '| train |'],
    ['"method0": {', '| steps |'],
  ] as const)
    for (const begun = performance.now(); ; ) {
      if (performance.now() - begun > patience) throw new Error(`no hover on ${name} shows ${sign}`);
      const position = document.positionAt(text.indexOf(name) + 2);
      const found = await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
      if (((found?.contents as MarkupContent | undefined)?.value ?? '').includes(sign)) break;
      await wait(50);
    }
}

async function timesOf(rounds: number, session: Session, changed: boolean): Promise<Record<RequestName, number[]>> {
  const times: Record<RequestName, number[]> = { completion: [], hover: [], definition: [] };
  for (let round = 0; round < rounds; round++)
    for (const name of requests) times[name].push(await session.ask(name, changed));
  return times;
}

/** Watches a server while somebody types and asks. */
export async function memoryOf(side: Side, work: Workload, edits: number): Promise<Memory> {
  return inSession(side, work, async (session) => {
    const found: Memory = [];
    const step = Math.max(1, Math.floor(edits / 5));
    for (let i = 0; i <= edits; i++) {
      if (i % step === 0) found.push({ edits: i, megabytes: residentOf(session.client.process.pid!) });
      await session.type();
      if (i % 10 === 0) await timesOf(1, session, false);
    }
    return found;
  });
}

function residentOf(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1000);
}

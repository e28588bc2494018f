/**
 * What is wrong with each open spec. Text, structure and names are known at once; what needs the disk is checked a moment after the
 * last change, outside of any request, and announced when it is there.
 */
import type { Diagnostic } from '../../runner/errors';
import type { SpecDocument } from '../documents';
import { createLater } from '../later';
import { background } from '../safe';
import type { Server } from '../server';
import { type DiskFinding, findingsOf, place } from './findings';

export interface Checker {
  /** What is known now: of this text, and what the disk said of an earlier one where its place is still there. */
  current(document: SpecDocument): Diagnostic[];
  /** All, once the disk has answered. */
  complete(document: SpecDocument): Promise<Diagnostic[]>;
  /** Plans a look at the disk. */
  plan(uri: string): void;
  forget(uri: string): void;
}

interface Checked {
  document: SpecDocument;
  all: Diagnostic[];
  fromDisk: DiskFinding[];
}

/** From the last change to the look at the disk, in milliseconds: longer than between two keys. */
const pause = 250;

/** @param announce called when the disk has answered */
export function createChecker(
  { documents, reader, connection }: Server,
  announce: (document: SpecDocument) => void,
): Checker {
  const checked = new Map<string, Checked>();
  const later = createLater(pause);
  const running = new Map<string, { document: SpecDocument; answer: Promise<Diagnostic[]> }>();

  const look = (document: SpecDocument): Promise<Diagnostic[]> => {
    const same = running.get(document.uri);
    if (same?.document === document) return same.answer;
    const started = {
      document,
      answer: lookNow(document).finally(() => {
        if (running.get(document.uri) === started) running.delete(document.uri);
      }),
    };
    running.set(document.uri, started);
    return started.answer;
  };

  const lookNow = async (document: SpecDocument): Promise<Diagnostic[]> => {
    const known = checked.get(document.uri);
    if (known?.document === document) return known.all;
    const { file, text, uri } = document;
    const all = document.onDisk
      ? await reader.ask('check', { file, text: text.getText() }, uri)
      : document.spec.diagnostics;
    // A newer text may have made this one useless: then it was not looked at.
    if (!all) return document.spec.diagnostics;
    // A newer text may have come meanwhile: it has its own look planned.
    if (documents.get(document.uri) === document)
      checked.set(document.uri, { document, all, fromDisk: findingsOf(document, all) });
    return all;
  };

  return {
    current(document) {
      const known = checked.get(document.uri);
      if (known?.document === document) return known.all;
      return [
        ...document.spec.diagnostics,
        ...(known?.fromDisk ?? []).flatMap((finding) => place(document, finding) ?? []),
      ];
    },
    complete: look,
    plan: (uri) =>
      later.plan(uri, () =>
        background(connection.console, 'checking a spec', async () => {
          const document = documents.get(uri);
          if (!document) return;
          await look(document);
          if (documents.get(uri) === document) announce(document);
        }),
      ),
    forget(uri) {
      later.forget(uri);
      checked.delete(uri);
    },
  };
}

/** Folders and files, one segment at a time, relative to the spec. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type CompletionItem, CompletionItemKind, type Range } from 'vscode-languageserver/node';
import { rangeOf } from '../ranges';
import type { CompletionRequest, CompletionSource } from './request';

export const paths: CompletionSource = (request) =>
  request.place.is === 'path' && request.document.onDisk ? entries(request) : undefined;

async function entries(request: CompletionRequest): Promise<CompletionItem[]> {
  const { document, typed = '', place } = request;
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const listed = await list(path.resolve(path.dirname(document.file), folder || '.'));
  const hidden = typed.slice(folder.length).startsWith('.');
  return listed
    .filter(({ name }) => hidden || !name.startsWith('.'))
    .filter((entry) => entry.isDirectory() || place.is !== 'path' || wanted(place.of, entry.name))
    .filter((entry) => path.join(folder, entry.name) !== path.basename(document.file))
    .map((entry) => item(request, entry));
}

/** Which files a path may name; folders always lead on. */
function wanted(of: 'model' | 'dataset' | 'spec' | 'folder', name: string): boolean {
  if (of === 'spec') return name.endsWith('.json');
  return of === 'dataset';
}

/** A folder that cannot be listed has no proposals: the diagnostic on the path says what is wrong with it. */
const list = (folder: string): Promise<Dirent[]> => readdir(folder, { withFileTypes: true }).catch(() => []);

function item(request: CompletionRequest, entry: Dirent): CompletionItem {
  const folder = entry.isDirectory();
  const quoted = request.typed !== undefined;
  const escaped = JSON.stringify(entry.name);
  const newText = quoted ? escaped.slice(1, -1) : escaped;
  return {
    label: entry.name,
    kind: folder ? CompletionItemKind.Folder : CompletionItemKind.File,
    sortText: `${folder ? 0 : 1}${entry.name}`,
    filterText: newText,
    textEdit: { range: quoted ? segmentOf(request) : request.range, newText },
  };
}

/** From the last slash before the cursor to the end of that segment. */
function segmentOf({ document, range, typed = '', rest }: CompletionRequest): Range {
  const start = document.text.offsetAt(range.start) + 1;
  const from = start + typed.lastIndexOf('/') + 1;
  const slash = rest.indexOf('/');
  const to = start + typed.length + (slash < 0 ? rest.length : slash);
  return rangeOf(document.text, { offset: from, length: to - from });
}

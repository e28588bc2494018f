/** Opens the file that holds an item's record, at the record. */
import path from 'node:path';
import * as vscode from 'vscode';
import { MedpeftError } from '../../runner/errors';
import { joinItems } from '../../runner/reports/joined_items';
import type { RunSummary } from '../runs/store';
import { dataLocation } from './items';
import { findRecord } from './record';

/** @throws MP2001 where no text file of the data set holds it */
export async function openRecord(run: RunSummary, setId: string, itemId: string): Promise<void> {
  const set = joinItems([run]).find(({ id }) => id === setId);
  const item = set?.items.find(({ id }) => id === itemId);
  const location = dataLocation(run, set?.split);
  if (!item || !location)
    throw new MedpeftError('MP2001', `the data set of item ${itemId} is not known: its run does not name it`);
  const { record, looked } = findRecord(location, item);
  if (!record) {
    const names = looked.map((file) => path.relative(location, file)).join(', ');
    throw new MedpeftError(
      'MP2001',
      `the record of item ${itemId} is not in ${names || 'a text file'} of ${location}`,
      'records in parquet files and archives, and files of more than 50 MB, cannot be shown; the data may have changed since the run',
      location,
    );
  }
  const document = await vscode.workspace.openTextDocument(record.file);
  const range = new vscode.Range(document.positionAt(record.from), document.positionAt(record.to));
  await vscode.window.showTextDocument(document, { selection: range, viewColumn: vscode.ViewColumn.Beside });
}

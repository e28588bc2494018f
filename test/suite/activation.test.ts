import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, extensionId, file, opened } from './host';

suite('activation', () => {
  test('registers every command that it contributes', async () => {
    await activated();
    const contributed = vscode.extensions.getExtension(extensionId)!.packageJSON.contributes.commands as {
      command: string;
    }[];
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributed.length > 0);
    assert.deepEqual(
      contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });

  test('takes specs as its own language, so that the built-in JSON server stays out', async () => {
    assert.equal((await opened('tiny.medpeft.json')).languageId, 'medpeft');
    const other = await vscode.workspace.openTextDocument(file('model/config.json'));
    assert.equal(other.languageId, 'json');
  });

  test('is the packed extension when that is under test', () => {
    const packed = Boolean(process.env.TEST_VSIX);
    const { extensionPath } = vscode.extensions.getExtension(extensionId)!;
    assert.equal(/medpeft\.medpeft-\d/.test(extensionPath), packed, extensionPath);
  });
});

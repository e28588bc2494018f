/** What the host itself must be able to do: when one of these fails, VS Code or the harness changed, not the extension. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

suite('host', () => {
  test('is a VS Code that the extension claims to support', () => {
    const [major, minor] = vscode.version.split('.').map(Number);
    assert.equal(major, 1);
    assert.ok(minor! >= 110, vscode.version);
  });

  test('has the fixture workspace open', async () => {
    const specs = await vscode.workspace.findFiles('*.medpeft.json');
    const names = specs.map(({ path }) => path.split('/').pop()).sort();
    assert.deepEqual(
      names,
      ['broken', 'long', 'misfit', 'tiny'].map((name) => `${name}.medpeft.json`),
    );
  });
});

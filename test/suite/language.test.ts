import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, at, codeOf, codesOf, opened, rangeOf, until } from './host';

const labelOf = ({ label }: vscode.CompletionItem) => (typeof label === 'string' ? label : label.label);

/** Waits for these codes at least. */
async function codes(document: vscode.TextDocument, expected: readonly string[]): Promise<vscode.Diagnostic[]> {
  await until(
    `${expected.join(', ')} in ${document.uri.path}`,
    () => expected.every((code) => codesOf(document.uri).includes(code)),
    { seen: () => codesOf(document.uri) },
  );
  return vscode.languages.getDiagnostics(document.uri);
}

suite('language', () => {
  suiteSetup(async () => {
    await activated();
  });

  test('underlines a misspelt key and an unknown data set, each with its code', async () => {
    const document = await opened('broken.medpeft.json');
    const diagnostics = await codes(document, ['MP1002', 'MP1101']);
    const words = diagnostics.map((one) => [codeOf(one), document.getText(one.range).replaceAll('"', '')]);
    assert.deepEqual(words.sort(), [
      ['MP1002', 'batch_sizes'],
      ['MP1101', 'rat'],
    ]);
  });

  test('underlines a group that matches no tensor and a missing folder', async () => {
    const document = await opened('misfit.medpeft.json');
    const diagnostics = await codes(document, ['MP1103', 'MP2001']);
    const lines = new Set(diagnostics.map(({ range }) => document.lineAt(range.start).text.trim()));
    assert.ok(
      [...lines].some((line) => line.includes('no-such-folder')),
      [...lines].join('\n'),
    );
  });

  test('finds nothing wrong with a sound spec, and says that it tests on images of training', async () => {
    const document = await opened('tiny.medpeft.json');
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, rangeOf(document, 'batch_size'), 'batch_sise');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await codes(document, ['MP1002']); // so the server has looked
    await vscode.commands.executeCommand('undo');
    await until('MP2009 alone', () => codesOf(document.uri).join() === 'MP2009', { seen: () => codesOf(document.uri) });
    assert.equal(vscode.languages.getDiagnostics(document.uri)[0]?.severity, vscode.DiagnosticSeverity.Information);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  test('a quick fix corrects the misspelt key', async () => {
    const document = await opened('broken.medpeft.json');
    const found = (await codes(document, ['MP1002'])).find((one) => codeOf(one) === 'MP1002')!;
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      found.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ title, edit }) => edit && title.includes('batch_size'));
    assert.ok(fix?.edit, actions.map(({ title }) => title).join());
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /"batch_size": 8/);
    await until('MP1002 to go', () => !codesOf(document.uri).includes('MP1002'), {
      seen: () => codesOf(document.uri),
    });
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  test('completion offers the keys of the place and the names of the spec', async () => {
    const document = await opened('tiny.medpeft.json');
    const offered = async (position: vscode.Position) => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        position,
      );
      return list.items.map(labelOf);
    };
    const keys = await offered(at(document, '"max_steps"', 1));
    assert.ok(keys.includes('num_epochs') && !keys.includes('batch_size'), keys.join());
    const names = await offered(at(document, '"lora4" }, "learning_rate"', 1));
    assert.ok(
      ['norms', 'lora4'].every((name) => names.some((label) => label.includes(name))),
      names.join(),
    );
  });

  test('hover explains a key', async () => {
    const document = await opened('tiny.medpeft.json');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at(document, '"max_question_tokens"', 3),
    );
    const texts = hovers.flatMap(({ contents }) => contents.map((one) => (typeof one === 'string' ? one : one.value)));
    assert.match(texts.join('\n'), /Questions are cut/);
  });

  test('a code lens runs the experiment', async () => {
    const document = await opened('tiny.medpeft.json');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      50,
    );
    const commands = lenses.map(({ command }) => command?.command);
    assert.ok(commands.includes('medpeft.run'), commands.join());
  });
});

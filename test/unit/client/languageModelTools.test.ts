import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { registerLanguageModelTools } from '../../../client/languageModelTools';
import type { VsCode } from '../../../client/vscode';
import { tools } from '../../../runner/tools';

const root = path.resolve(import.meta.dirname, '../../..');
const { contributes } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

class Part {
  constructor(readonly value: unknown) {}
}

type Invoke = (options: { input: object }) => Promise<Part>;

function registered(folder: string): Map<string, Invoke> {
  const found = new Map<string, Invoke>();
  registerLanguageModelTools({
    lm: { registerTool: (name: string, { invoke }: { invoke: Invoke }) => found.set(name, invoke) },
    LanguageModelToolResult: Part,
    LanguageModelTextPart: Part,
    workspace: { workspaceFolders: [{ uri: { fsPath: folder } }] },
    l10n: { t: (text: string) => text },
  } as unknown as VsCode);
  return found;
}

it('package.json declares exactly the tools that medpeft mcp has, with their words and schemas', () => {
  const declared = contributes.languageModelTools.map((tool: Record<string, unknown>) => ({
    name: tool.name,
    title: tool.displayName,
    description: tool.modelDescription,
    input: tool.inputSchema,
  }));
  expect(declared).toEqual(tools.map(({ name, title, description, input }) => ({ name, title, description, input })));
  expect([...registered(root).keys()]).toEqual(tools.map(({ name }) => name));
});

it('paths are meant from the workspace, and an error is told to the model', async () => {
  const validate = registered(path.join(root, 'test/fixtures/workspace')).get('validate_medpeft_spec')!;
  const said = async (file: string) => JSON.stringify(await validate({ input: { file } }));
  expect(await said('tiny.medpeft.json')).toMatch(/tiny\.medpeft\.json is valid, with remarks:.*MP2009/);
  expect(await said('none.medpeft.json')).toMatch(/MP1007/);
});

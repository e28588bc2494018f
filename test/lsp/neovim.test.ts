/** The server as Neovim starts it: `medpeft lsp --stdio`, with its own client, without a window. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../programs';
import { type Fixture, goodSpec, makeFixture } from './fixture';
import { change } from './session';

const found = spawnSync('nvim', ['--version'], { encoding: 'utf8' });
const absent = found.status === 0 ? '' : ' (Neovim is not installed: apt-get install neovim)';

/** What a user's configuration says, and then one question after another; each answer is a line of JSON. */
const script = (cli: string, root: string, file: string) => `
local lines = {}
local function tell(name, value) table.insert(lines, vim.fn.json_encode({ name, value })) end
vim.cmd('edit ' .. vim.fn.fnameescape(${JSON.stringify(file)}))
local id = vim.lsp.start_client({
  name = 'medpeft',
  cmd = { ${JSON.stringify(process.execPath)}, ${JSON.stringify(cli)}, 'lsp', '--stdio' },
  root_dir = ${JSON.stringify(root)},
})
vim.lsp.buf_attach_client(0, id)
local diagnosed = vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 20)
tell('diagnosed', diagnosed)
local codes = {}
for _, one in ipairs(vim.diagnostic.get(0)) do table.insert(codes, one.code or one.user_data.lsp.code) end
tell('codes', codes)
local function place(text)
  for i, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local from = string.find(line, text, 1, true)
    if from then return { line = i - 1, character = from + 1 } end
  end
  error('no ' .. text)
end
local function ask(method, more)
  local params = vim.tbl_extend('force', { textDocument = { uri = vim.uri_from_bufnr(0) } }, more or {})
  local answer = vim.lsp.get_client_by_id(id).request_sync(method, params, 20000, 0)
  if not answer then error(method .. ' was not answered') end
  if answer.err then error(method .. ': ' .. answer.err.message) end
  return answer.result
end
local at = { position = place('"norms"') }
tell('hover', ask('textDocument/hover', at).contents.value)
local names = {}
for _, one in ipairs(ask('textDocument/completion', { position = place('"base" }') }).items) do table.insert(names, one.label) end
tell('completion', names)
tell('highlights', #ask('textDocument/documentHighlight', at))
tell('hints', #ask('textDocument/inlayHint', { range = { start = { line = 0, character = 0 }, ['end'] = { line = 99, character = 0 } } }))
local lenses = {}
for _, one in ipairs(ask('textDocument/codeLens')) do table.insert(lenses, one.command.title) end
tell('lenses', lenses)
local diagnostics = {}
for _, one in ipairs(vim.diagnostic.get(0)) do table.insert(diagnostics, one.user_data.lsp and vim.tbl_extend('force', {
  range = { start = { line = one.lnum, character = one.col }, ['end'] = { line = one.end_lnum, character = one.end_col } },
  message = one.message, source = one.source }, one.user_data.lsp) or one) end
local actions = ask('textDocument/codeAction', {
  range = { start = { line = 0, character = 0 }, ['end'] = { line = 99, character = 0 } },
  context = { diagnostics = diagnostics, only = { 'source.fixAll' } },
})
vim.lsp.util.apply_workspace_edit(actions[1].edit, 'utf-16')
local edit = ask('textDocument/rename', { position = place('"norms"'), newName = 'layer_norms' })
vim.lsp.util.apply_workspace_edit(edit, 'utf-16')
tell('text', table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n'))
vim.fn.writefile(lines, ${JSON.stringify(path.join(root, 'answers.jsonl'))})
vim.lsp.stop_client(id)
vim.cmd('qall!')
`;

describe(`Neovim${absent}`, () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = makeFixture();
  });
  afterAll(() => {
    fixture.dispose();
  });

  it.skipIf(absent !== '')('is answered by `medpeft lsp --stdio`', () => {
    const file = fixture.at('neovim.medpeft.json');
    writeFileSync(file, change(goodSpec, '"batch_size": 4', '"batch_sizes": 4'));
    const lua = fixture.at('script.lua');
    writeFileSync(lua, script(cli, fixture.folder, file));
    const home = fixture.at('home');
    mkdirSync(home);
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home };
    const neovim = spawnSync('nvim', ['--headless', '--clean', '-n', '-c', `luafile ${lua}`], {
      encoding: 'utf8',
      env,
      timeout: 240_000,
    });
    expect([neovim.stderr, neovim.status]).toEqual(['', 0]);
    const answers = Object.fromEntries(
      readFileSync(fixture.at('answers.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as [string, unknown]),
    );
    const [run, dry] = ['$(play) Run', '$(beaker-stop) Dry Run'];
    expect(answers).toMatchObject({
      diagnosed: true,
      codes: ['MP1002'],
      highlights: 4,
      lenses: [run, dry, '$(graph) Compare', run, dry, run, dry, run, dry],
    });
    expect(answers.hover).toContain('**norms**: layernorm parameter group');
    expect(answers.completion).toEqual(['base', 'layernorm', 'lora']);
    expect(answers.text).toBe(goodSpec.trimEnd().replaceAll('"norms"', '"layer_norms"'));
  });
});

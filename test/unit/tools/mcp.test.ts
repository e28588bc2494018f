/** `medpeft mcp` by the public protocol (modelcontextprotocol.io, 2025-06-18) and JSON-RPC 2.0. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, type McpServer } from '../../../runner/mcp/protocol';
import { createRun } from '../../../runner/runs';
import { type Tool, tools } from '../../../runner/tools';
import { temporaryFolder } from '../data/fixture';
import { rightUpTo, writeToyRuns } from '../reports/fixture';

const broken: Tool = {
  name: 'broken',
  title: 'Broken',
  description: 'Always ends in a bug.',
  input: { type: 'object', properties: {} },
  run: () => Promise.reject(new TypeError('a bug')),
};
let server: McpServer;
let remove: () => void;
beforeAll(async () => {
  const made = await writeToyRuns([
    { method: 'base', trainable: 0, answers: rightUpTo(20) },
    { method: 'lora', trainable: 500, answers: rightUpTo(45) },
    { method: 'late', trainable: 10, answers: [], finished: false },
  ]);
  remove = made.remove;
  server = { version: '1.2.3', tools: [...tools, broken], root: made.dir };
});
afterAll(() => remove());

const send = async (message: unknown) => {
  const line = await answer(server, typeof message === 'string' ? message : JSON.stringify(message));
  expect(line ?? '').not.toContain('\n'); // messages are parted by line ends
  return line === undefined ? undefined : JSON.parse(line);
};
const ask = (method: string, params?: object) => send({ jsonrpc: '2.0', id: 1, method, params });
const call = async (name: string, input: object = {}) => (await ask('tools/call', { name, arguments: input })).result;

describe('the protocol', () => {
  it.each([
    ['2025-06-18', '2025-06-18'],
    ['2024-11-05', '2024-11-05'],
    ['1999-01-01', '2025-06-18'],
    [undefined, '2025-06-18'],
  ])('asked for revision %s it speaks %s', async (protocolVersion, expected) => {
    const { result } = await ask('initialize', {
      protocolVersion,
      capabilities: {},
      clientInfo: { name: 'test', version: '0' },
    });
    expect(result).toMatchObject({
      protocolVersion: expected,
      capabilities: { tools: {} },
      serverInfo: { name: 'medpeft', version: '1.2.3' },
    });
  });

  it('lists tools with schemas, each marked as reading alone', async () => {
    const { result } = await ask('tools/list');
    expect(result.tools.map(({ name }: { name: string }) => name)).toEqual([
      'validate_medpeft_spec',
      'list_medpeft_runs',
      'read_medpeft_results',
      'explain_medpeft_run',
      'broken',
    ]);
    for (const { inputSchema, annotations } of result.tools)
      expect([inputSchema.type, annotations.readOnlyHint]).toEqual(['object', true]);
  });

  it.each<[string, unknown, object | undefined]>([
    ['a ping', { jsonrpc: '2.0', id: 'x', method: 'ping' }, { jsonrpc: '2.0', id: 'x', result: {} }],
    ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }, undefined],
    ['an unknown notification', { jsonrpc: '2.0', method: 'no/such' }, undefined],
    ['a stray answer', { jsonrpc: '2.0', id: 4, result: {} }, undefined],
    ['an unknown method', { jsonrpc: '2.0', id: 2, method: 'no/such' }, { id: 2, error: { code: -32601 } }],
    ['no JSON', '{', { id: null, error: { code: -32700 } }],
    ['no request', '7', { id: null, error: { code: -32600 } }],
    ['an id of null', { jsonrpc: '2.0', id: null, method: 'ping' }, { id: null, error: { code: -32600 } }],
    ['an empty batch', [], { id: null, error: { code: -32600 } }],
    [
      'an unknown tool',
      { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'rm' } },
      { error: { code: -32602 } },
    ],
    [
      'arguments that are none',
      { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'list_medpeft_runs', arguments: [] } },
      { error: { code: -32602 } },
    ],
    [
      'a bug',
      { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'broken' } },
      { error: { code: -32603, message: 'a bug' } },
    ],
  ])('%s', async (_, message, expected) => {
    const given = await send(message);
    if (expected === undefined) expect(given).toBeUndefined();
    else expect(given).toMatchObject(expected);
  });

  it('answers a batch of older revisions, notifications apart', async () => {
    const given = await send([
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'ping' },
    ]);
    expect(given.map(({ id }: { id: number }) => id)).toEqual([1, 2]);
    expect(await send([{ jsonrpc: '2.0', method: 'notifications/initialized' }])).toBeUndefined();
  });
});

describe('the tools', () => {
  it('validates a spec, with places', async () => {
    const file = path.join(temporaryFolder(), 's.medpeft.json');
    writeFileSync(file, '{\n  "version": 1,\n  "modls": {}\n}');
    const { content, isError } = await call('validate_medpeft_spec', { file });
    expect([isError, content[0].text]).toEqual([
      false,
      expect.stringMatching(/not valid:\n(.*\n)*- line 3, column 4: error MP1002/),
    ]);
  });

  it('lists runs and their states', async () => {
    const { content } = await call('list_medpeft_runs', { folder: '.' });
    const lines: string[] = content[0].text.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.find((line) => line.includes('method lora'))).toMatch(/: finished, step 1 of 1; model tiny/);
  });

  it('reads results with their notes, against the reference that is asked for', async () => {
    const { content } = await call('read_medpeft_results', { folder: '.', reference: 'lora' });
    expect(content[0].text).toMatch(/against lora/);
    expect(content[0].text).toMatch(/always answers/);
    expect(content[0].text).toMatch(/without a result: .*--late--/);
  });

  it('explains a failure by its code, message and next step', async () => {
    const folder = path.join(temporaryFolder(), 'failed');
    const manifest = {
      format: 1 as const,
      run: 'failed',
      created: '2025-01-01T00:00:00.000Z',
      model: 'm',
      task: 't',
      method: 'lora',
      seed: 0,
    };
    const resolved = { model: {}, task: { type: 'vqa' }, method: {}, training: {}, datasets: {} };
    const writer = await createRun(folder, { ...manifest, resolved, hashes: { identity: 'x' } } as never);
    writer.append({ type: 'run_started', run: 'failed', total_steps: 9, trainable: 1 });
    writer.append({ type: 'run_failed', code: 'MP4005', message: 'the loss is NaN', hint: 'lower the learning rate' });
    await writer.close();
    const { content, isError } = await call('explain_medpeft_run', { folder });
    expect(isError).toBe(false);
    expect(content[0].text).toContain('It failed with MP4005');
    expect(content[0].text).toContain('What to do: lower the learning rate');
  });

  it.each([
    ['list_medpeft_runs', {}, 'MP4009: folder is missing'],
    ['explain_medpeft_run', { folder: 7 }, 'MP4009: folder is not a text'],
    ['explain_medpeft_run', { folder: 'none' }, 'MP4007'],
    ['validate_medpeft_spec', { file: 'none.medpeft.json' }, 'MP1007'],
  ])('%s of %j is an error that the model is told', async (name, input, expected) => {
    const { content, isError } = await call(name, input);
    expect([isError ?? false, content[0].text]).toEqual([
      name !== 'validate_medpeft_spec',
      expect.stringContaining(expected),
    ]);
  });
});

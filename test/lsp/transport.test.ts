/** Every way to start the server: standard streams, Node's channel, the command line. */
import { fork, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createProtocolConnection,
  type InitializeResult,
  IPCMessageReader,
  IPCMessageWriter,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { bundleServer } from './client';

describe('transports', () => {
  let bundle: Awaited<ReturnType<typeof bundleServer>>;
  beforeAll(async () => {
    bundle = await bundleServer();
  });
  afterAll(() => bundle.dispose());

  const greet = (rpc: ProtocolConnection) => {
    rpc.listen();
    return rpc.sendRequest<InitializeResult>('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  };
  const leave = async (rpc: ProtocolConnection) => {
    await rpc.sendRequest('shutdown');
    await rpc.sendNotification('exit');
  };

  it('speaks over the channel of Node', async () => {
    const child = fork(bundle.file, ['--node-ipc']);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const rpc = createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    expect((await greet(rpc)).serverInfo?.name).toBe('medpeft');
    await leave(rpc);
    expect(await ended).toBe(0);
  });

  it('is started by `medpeft lsp --stdio`', async () => {
    const folder = path.join(path.dirname(bundle.file), 'cli');
    mkdirSync(folder);
    copyFileSync(bundle.file, path.join(folder, 'server.js'));
    const cli = path.join(folder, 'cli.js');
    const root = path.resolve(import.meta.dirname, '../..');
    await esbuild.build({
      stdin: {
        contents: `import { lsp } from './runner/cli/lsp';
          lsp.run({ positional: [], options: new Map([['stdio', ['']]]) }).then((code) => { process.exitCode = code; });`,
        resolveDir: root,
      },
      outfile: cli,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      define: { 'import.meta.dirname': '__dirname' },
    });
    const child = spawn(process.execPath, [cli], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const rpc = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    expect((await greet(rpc)).capabilities.hoverProvider).toBe(true);
    await leave(rpc);
    expect(await ended).toBe(0);
  });

  it('ends when the editor is gone', async () => {
    const child = spawn(process.execPath, [bundle.file, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const rpc = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    await greet(rpc);
    child.stdin.end();
    // Without a shutdown first, the protocol asks for 1.
    expect(await ended).toBe(1);
  });
});

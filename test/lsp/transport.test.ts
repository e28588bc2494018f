/** Every way to start the server: standard streams, Node's channel, the command line. */
import { fork, spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  createProtocolConnection,
  type InitializeResult,
  IPCMessageReader,
  IPCMessageWriter,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { cli, server } from '../programs';

describe('transports', () => {
  const greet = (rpc: ProtocolConnection) => {
    rpc.listen();
    return rpc.sendRequest<InitializeResult>('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  };
  const leave = async (rpc: ProtocolConnection) => {
    await rpc.sendRequest('shutdown');
    await rpc.sendNotification('exit');
  };

  it('speaks over the channel of Node', async () => {
    const child = fork(server, ['--node-ipc']);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const rpc = createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    expect((await greet(rpc)).serverInfo?.name).toBe('medpeft');
    await leave(rpc);
    expect(await ended).toBe(0);
  });

  it('is started by `medpeft lsp --stdio`', async () => {
    const child = spawn(process.execPath, [cli, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const rpc = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    expect((await greet(rpc)).capabilities.hoverProvider).toBe(true);
    await leave(rpc);
    expect(await ended).toBe(0);
  });

  it('ends when the editor is gone', async () => {
    const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const rpc = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    await greet(rpc);
    child.stdin.end();
    // Without a shutdown first, the protocol asks for 1.
    expect(await ended).toBe(1);
  });
});

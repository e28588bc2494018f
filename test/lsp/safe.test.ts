import { describe, expect, it } from 'vitest';
import { CancellationToken, ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import { background, safelyWith } from '../../server/safe';
import { useServer } from './session';

describe('safe handlers', () => {
  it.each([
    [
      'throws',
      () => {
        throw new RangeError('boom');
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('boom'))],
  ])('a handler that %s answers with an error and a log line', async (_name, handler: () => never | Promise<never>) => {
    const lines: string[] = [];
    const safely = safelyWith({ error: (line) => lines.push(line) }, async () => {});
    const answer = await safely('textDocument/hover', handler)({}, CancellationToken.None);
    expect(answer).toBeInstanceOf(ResponseError);
    expect(answer).toMatchObject({ code: ErrorCodes.InternalError, message: 'textDocument/hover failed: boom' });
    expect(lines).toEqual([expect.stringMatching(/^textDocument\/hover failed: RangeError: boom\n/)]);
  });

  it('does not begin what is cancelled already', async () => {
    const safely = safelyWith({ error: () => {} }, async () => {});
    const handler = () => expect.unreachable('it was cancelled');
    const answer = await safely('textDocument/hover', handler)({}, CancellationToken.Cancelled);
    expect(answer).toMatchObject({ code: LSPErrorCodes.RequestCancelled });
  });

  it('logs what fails behind the scenes', async () => {
    const lines: string[] = [];
    await background({ error: (line) => lines.push(line) }, 'checking', async () => {
      throw new Error('boom');
    });
    expect(lines).toEqual([expect.stringMatching(/^checking failed: Error: boom\n/)]);
  });
});

describe('the server', () => {
  const session = useServer();

  it.each(['hover', 'completion', 'definition', 'rename', 'codeAction', 'inlayHint', 'semanticTokens/full'])(
    'whose handler of %s throws answers with an error and a log line, and goes on',
    async (name) => {
      const { client } = session;
      const method = `textDocument/${name}`;
      const before = client.log.length;
      // no editor sends this: there is no document to look into
      await expect(client.request(method, {})).rejects.toMatchObject({ code: ErrorCodes.InternalError });
      const document = await session.open('{ "version": 1 }');
      const params = { textDocument: { uri: document.uri }, position: { line: 0, character: 4 } };
      expect(await client.request('textDocument/hover', params)).toMatchObject({ contents: expect.anything() });
      expect(client.log.slice(before)).toEqual([expect.stringContaining(`${method} failed: TypeError`)]);
    },
  );
});

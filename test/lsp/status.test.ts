/** The notification behind the status item: for whom asks for it, and for nobody else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatusParams } from '../../server/status';
import { server } from '../programs';
import { type Client, startClient, uriOf } from './client';
import { type Fixture, goodSpec, makeFixture } from './fixture';

let fixture: Fixture;
beforeAll(async () => {
  fixture = makeFixture();
});
afterAll(() => {
  fixture.dispose();
});

/** What the server said of itself while a spec was planned and an outline of many entries was made. */
async function statuses(options: object | undefined): Promise<{ said: StatusParams[]; client: Client }> {
  const client = await startClient(server, undefined, options);
  const said: StatusParams[] = [];
  client.rpc.onNotification('medpeft/status', (params: StatusParams) => {
    said.push(params);
  });
  const uri = uriOf(fixture.at('status.medpeft.json'));
  await client.open(uri, goodSpec);
  const textDocument = { uri };
  await client.request('textDocument/codeLens', { textDocument });
  const many = Array.from({ length: 5001 }, (_, i) => `"m${i}": {}`).join(', ');
  await client.change(uri, 2, `{ ${many} }`);
  await client.request('textDocument/documentSymbol', { textDocument });
  // an answer is sent behind the notifications before it
  await client.request('textDocument/foldingRange', { textDocument });
  return { said, client };
}

describe('status', () => {
  it('says when a plan is made, how long it took, and what was cut', async () => {
    const { said, client } = await statuses({ status: true });
    await client.dispose();
    expect(said[0]).toEqual({ busy: true, limits: [] });
    const planned = said.find(({ busy }) => !busy)!;
    expect(planned.plannedMs).toBeGreaterThanOrEqual(0);
    expect(said.at(-1)!.limits).toEqual(['outline: the first 5000']);
  });

  it('is not sent to an editor that did not ask', async () => {
    const { said, client } = await statuses(undefined);
    await client.dispose();
    expect(said).toEqual([]);
  });
});

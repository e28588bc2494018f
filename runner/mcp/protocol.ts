/**
 * The part of the Model Context Protocol that a server of tools needs (modelcontextprotocol.io, specification 2025-06-18: lifecycle,
 * utilities/ping, server/tools), over JSON-RPC 2.0. Pure: one message in, at most one out.
 */
import { MedpeftError } from '../errors';
import type { Tool } from '../tools';

/** Revisions whose tools are these, the newest first. */
const revisions = ['2025-06-18', '2025-03-26', '2024-11-05'];

type Id = string | number | null;
type Fields = Record<string, unknown>;

export interface McpServer {
  version: string;
  tools: readonly Tool[];
  /** Folder that relative paths are meant from. */
  root: string;
}

/** JSON-RPC 2.0, section 5.1. */
const errors = { parse: -32700, request: -32600, method: -32601, params: -32602, internal: -32603 };

/** @returns the line to answer with; undefined for what wants no answer */
export async function answer(server: McpServer, line: string): Promise<string | undefined> {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return JSON.stringify(failure(null, errors.parse, 'this line is not JSON'));
  }
  // batches belong to revisions before 2025-06-18
  if (!Array.isArray(message)) return text(await answerOne(server, message));
  if (message.length === 0) return text(failure(null, errors.request, 'the batch is empty'));
  const answers = await Promise.all(message.map((one) => answerOne(server, one)));
  const wanted = answers.filter((one) => one !== undefined);
  return wanted.length > 0 ? JSON.stringify(wanted) : undefined;
}

const text = (value: object | undefined) => (value === undefined ? undefined : JSON.stringify(value));

async function answerOne(server: McpServer, message: unknown): Promise<object | undefined> {
  if (!isFields(message) || message.jsonrpc !== '2.0' || typeof message.method !== 'string')
    // an answer to a request: this server asks nothing
    return isFields(message) && ('result' in message || 'error' in message)
      ? undefined
      : failure(null, errors.request, 'this is no JSON-RPC 2.0 request');
  if (!('id' in message)) return undefined; // notifications: nothing depends on any of them
  const { id, method } = message;
  if (typeof id !== 'string' && typeof id !== 'number') return failure(null, errors.request, 'id is no text or number');
  const params = isFields(message.params) ? message.params : {};
  switch (method) {
    case 'initialize':
      return success(id, greeting(server, params));
    case 'ping':
      return success(id, {});
    case 'tools/list':
      return success(id, { tools: server.tools.map(described) });
    case 'tools/call':
      return called(server, id, params);
    default:
      return failure(id, errors.method, `there is no ${method}`);
  }
}

function greeting({ version, root }: McpServer, { protocolVersion }: Fields): object {
  return {
    protocolVersion: revisions.find((revision) => revision === protocolVersion) ?? revisions[0],
    capabilities: { tools: {} },
    serverInfo: { name: 'medpeft', title: 'MedPEFT', version },
    instructions: `Reads MedPEFT specs and runs. It starts and changes nothing. Relative paths are meant from ${root}.`,
  };
}

function described({ name, title, description, input }: Tool): object {
  return {
    name,
    title,
    description,
    inputSchema: input,
    annotations: { title, readOnlyHint: true, openWorldHint: false },
  };
}

/** What goes wrong within a tool is an answer for the model, which may do better; what is no call of a tool is an error of the protocol. */
async function called({ tools, root }: McpServer, id: Id, { name, arguments: input = {} }: Fields): Promise<object> {
  const tool = tools.find((one) => one.name === name);
  if (!tool) return failure(id, errors.params, `there is no tool ${String(name)}`);
  if (!isFields(input)) return failure(id, errors.params, 'arguments is no object');
  try {
    return success(id, { content: [{ type: 'text', text: await tool.run(input, root) }], isError: false });
  } catch (error) {
    if (!(error instanceof MedpeftError)) return failure(id, errors.internal, (error as Error).message);
    const { code, message, hint } = error;
    const said = [`${code}: ${message}`, hint].filter(Boolean).join('\n');
    return success(id, { content: [{ type: 'text', text: said }], isError: true });
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const success = (id: Id, result: object) => ({ jsonrpc: '2.0', id, result });
const failure = (id: Id, code: number, message: string) => ({ jsonrpc: '2.0', id, error: { code, message } });

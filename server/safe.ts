/** Handlers that cannot take the server down: what is thrown becomes an error answer and a log line, and the server goes on. */
import { type CancellationToken, ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';

/** Where log lines go: the connection's console. */
export interface Log {
  error(line: string): void;
}

export type Handler<P, R> = (params: P, token: CancellationToken) => R | PromiseLike<R>;
export type Safely = <P, R>(
  name: string,
  handler: Handler<P, R>,
) => (params: P, token: CancellationToken) => Promise<R | ResponseError<never>>;

/**
 * Makes the wrapper for request handlers. `name` is the method as the log shall call it.
 * @param whenReady what a request about a document waits for
 */
export function safelyWith(log: Log, whenReady: (uri: string) => Promise<void>): Safely {
  return (name, handler) => async (params, token) => {
    if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, `${name} cancelled`);
    try {
      const uri = documentOf(params);
      if (uri !== undefined) await whenReady(uri);
      return await handler(params, token);
    } catch (error) {
      // an answer that was meant: the user is told, the log is not
      if (error instanceof ResponseError) return error as ResponseError<never>;
      log.error(`${name} failed: ${describe(error)}`);
      return new ResponseError(ErrorCodes.InternalError, `${name} failed: ${messageOf(error)}`);
    }
  };
}

function documentOf(params: unknown): string | undefined {
  return (params as { textDocument?: { uri: string } } | null)?.textDocument?.uri;
}

/** Runs work that nobody waits for; a failure is logged. */
export async function background(log: Log, name: string, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error(`${name} failed: ${describe(error)}`);
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

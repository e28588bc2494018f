/** The programs as bundles of the present source (programs.setup.ts), for tests that run them as processes. */
import { inject } from 'vitest';

export interface Programs {
  /** The command line; the server and the worker lie beside it. */
  cli: string;
  worker: string;
  /** The language server, where there are no packages. */
  server: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    programs: Programs;
  }
}

export const { cli, worker, server } = inject('programs');

/** The page's line to the extension, and the little it remembers over a reload. */
import type { Remembered } from '../../panels/protocol';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** After so long without an answer a page says again that it is ready. */
const patienceMs = 2_000;

export interface Host<From, View> {
  post(message: From): void;
  /**
   * Says that the page is ready, until it is answered: while VS Code restores a window and its page is loaded twice, a message may get lost,
   * and the page would stay empty for ever.
   */
  begin(ready: From): void;
  /** What was remembered, in this page or in the one before it. */
  remembered(): View | undefined;
  remember(view: View): void;
}

/** Connects the page; `onMessage` hears the extension. May be called once. */
export function connect<To, From, View>(onMessage: (message: To) => void): Host<From, View> {
  const api = acquireVsCodeApi();
  let saying: ReturnType<typeof setInterval> | undefined;
  window.addEventListener('message', (event: MessageEvent<To>) => {
    clearInterval(saying);
    onMessage(event.data);
  });
  return {
    post: (message) => api.postMessage(message),
    begin: (ready) => {
      api.postMessage(ready);
      saying = setInterval(() => api.postMessage(ready), patienceMs);
    },
    remembered: () => api.getState() as View | undefined,
    remember: (view) => {
      api.setState(view);
      api.postMessage({ type: 'remembered', state: view } satisfies Remembered);
    },
  };
}

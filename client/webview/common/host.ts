/** The page's line to the extension, and the little it remembers over a reload. */

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Host<From, View> {
  post(message: From): void;
  /** What was remembered, in this page or in the one before it. */
  remembered(): View | undefined;
  remember(view: View): void;
}

/** Connects the page; `onMessage` hears the extension. May be called once. */
export function connect<To, From, View>(onMessage: (message: To) => void): Host<From, View> {
  const api = acquireVsCodeApi();
  window.addEventListener('message', (event: MessageEvent<To>) => onMessage(event.data));
  return {
    post: (message) => api.postMessage(message),
    remembered: () => api.getState() as View | undefined,
    remember: (view) => api.setState(view),
  };
}

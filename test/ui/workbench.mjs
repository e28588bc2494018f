// Every locator of VS Code's own interface that the scenarios use: these are internals, and change with its versions.

/** Places and verbs of a person at the workbench. Each verb waits until what it did shows. */
export function workbench(page) {
  const explorerRow = (name) => page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
  const quickInput = page.locator('.quick-input-widget input.input');
  const quickRow = (text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text });
  return {
    explorerRow,
    quickRow,
    editorLine: (text) => page.locator('.editor-instance .view-line', { hasText: text }),
    squiggle: (severity) => page.locator(`.squiggly-${severity}`),
    languageOfEditor: (name) => page.locator('#status\\.editor\\.mode', { hasText: name }),
    statusBar: (text) => page.locator('.statusbar-item', { hasText: text }),
    toast: (text) => page.locator('.notification-toast', { hasText: text }),
    codeLens: (text) => page.locator('.codelens-decoration a', { hasText: text }),
    suggestion: (text) => page.locator('.suggest-widget.visible .monaco-list-row', { hasText: text }),
    hover: (text) => page.locator('.monaco-hover', { hasText: text }),
    action: (text) => page.locator('.action-widget .monaco-list-row', { hasText: text }),
    tab: (text) => page.locator('.tabs-container .tab', { hasText: text }),
    testRow: (text) => page.locator('.test-explorer .monaco-list-row', { hasText: text }),

    /** The page inside the visible webview: workbench > iframe.webview > iframe#active-frame. */
    panel: () => page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame'),

    async ready(file) {
      await explorerRow(file).waitFor({ timeout: 60_000 });
    },
    async open(file) {
      await explorerRow(file).dblclick();
      await page.locator('.tabs-container .tab.active', { hasText: file }).waitFor();
    },
    /** Runs a command through the palette. */
    async command(title) {
      await page.keyboard.press('F1');
      await quickInput.waitFor({ state: 'visible' });
      await quickInput.fill(`>${title}`);
      await quickRow(title).first().waitFor();
      await page.keyboard.press('Enter');
    },
  };
}

// Every locator of VS Code's own interface that the scenarios use: these are internals, and change with its versions.

/**
 * How long anything is waited for before it counts as failed, in milliseconds: far beyond what a machine busy with other work takes. No test says how
 * quick the product is, benchmarks do.
 */
export const patience = 180_000;

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
    renameInput: () => page.locator('.rename-box input.rename-input'),
    languageStatus: () => page.locator('#status\\.languageStatus'),
    tab: (text) => page.locator('.tabs-container .tab', { hasText: text }),
    runsRow: (text) => page.locator('[id="workbench.view.extension.medpeft"] .monaco-list-row', { hasText: text }),
    dialogButton: (text) => page.locator('.monaco-dialog-box .monaco-button', { hasText: new RegExp(`^${text}$`) }),
    testRow: (text) => page.locator('.test-explorer .monaco-list-row', { hasText: text }),

    /** The frame of the panel that shows `selector`. Ask again after a panel was hidden: its frame is a new one then. */
    async panel(selector) {
      const end = Date.now() + patience;
      for (;;) {
        for (const frame of page.frames()) {
          const shown = await frame
            .locator(selector)
            .first()
            .isVisible()
            .catch(() => false); // the frame went away
          if (shown) return frame;
        }
        if (Date.now() > end) throw new Error(`no panel with ${selector} within ${patience} ms`);
        await page.waitForTimeout(100);
      }
    },

    async workbenchReady() {
      await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor();
    },
    welcome: (text) => page.locator('.welcome-view-content', { hasText: text }),
    walkthroughStep: (text) => page.locator('.getting-started-step h3', { hasText: text }),
    /** Answers the dialog that asks for a folder. */
    async chooseFolder(folder) {
      // The dialog writes a folder of its own first; what is filled in before its list is there is put behind that.
      await quickInput.waitFor({ state: 'visible' });
      await page.locator('.quick-input-widget .monaco-list-row').first().waitFor();
      await quickInput.fill(folder);
      await page.locator('.quick-input-widget .monaco-button:visible').last().click();
    },
    /** Answers the dialog that asks where to save. */
    async saveAs(file) {
      await quickInput.waitFor({ state: 'visible' });
      await page.locator('.quick-input-widget .monaco-list-row').first().waitFor();
      await quickInput.fill(file);
      await page.keyboard.press('Enter');
      await quickInput.waitFor({ state: 'hidden' });
    },
    async ready(file) {
      await explorerRow(file).waitFor();
    },
    async open(file) {
      await explorerRow(file).dblclick();
      await page.locator(`.tabs-container .tab.active[data-resource-name="${file}"]`).waitFor();
    },
    testSummary: (text) => page.locator('.test-explorer .result-summary', { hasText: text }),
    testState: (state) => page.locator(`.test-explorer .monaco-list-row .codicon-testing-${state}-icon`),
    /** Types into the palette without choosing anything. */
    async search(title, timeout = patience) {
      await page.keyboard.press('F1');
      await quickInput.waitFor({ state: 'visible', timeout });
      await quickInput.fill(`>${title}`, { timeout });
    },
    /** Opens the quick fixes at the cursor, until this one is among them: they are asked of the server anew each time. */
    async quickFix(text) {
      const wanted = this.action(text).first();
      const end = Date.now() + patience;
      for (;;) {
        await page.keyboard.press('Control+.');
        const listed = await wanted.waitFor({ timeout: 3_000 }).then(
          () => true,
          () => false,
        );
        if (listed) return;
        if (Date.now() > end) throw new Error(`no quick fix ${text} at the cursor`);
        await page.keyboard.press('Escape');
      }
    },
    /**
     * Runs a command through the palette. Looks again where its list was not complete, as right after a start, or where what opened meanwhile took the focus, which closes it.
     */
    async command(title) {
      const row = quickRow(title).first();
      const end = Date.now() + patience;
      for (;;) {
        try {
          await this.search(title, 5_000);
          await row.waitFor({ timeout: 2_000 });
          await row.click({ timeout: 3_000 }); // not Enter: the list may put a similar command first
          return;
        } catch (error) {
          if (Date.now() > end) throw error;
          await page.keyboard.press('Escape');
        }
      }
    },
    async showRuns() {
      await this.command('MedPEFT: Focus on Runs View');
    },
    /** Chooses from the list that a command opens; once more where what opened meanwhile took the focus, which closes the list. */
    async choose(title, text) {
      const end = Date.now() + patience;
      for (;;) {
        await this.command(title);
        const chosen = await this.pick(text, 3_000).then(
          () => true,
          () => false,
        );
        if (chosen) return;
        if (Date.now() > end) throw new Error(`${title} offers no ${text}`);
        await page.keyboard.press('Escape');
      }
    },
    /** Runs one method of the spec that is open, by the list in which several may be ticked. */
    async runMethod(name) {
      await this.choose('MedPEFT: Run Method', name);
      await page.keyboard.press('Enter');
      await quickInput.waitFor({ state: 'hidden' });
    },
    /** Chooses from the list that is open. */
    async pick(text, timeout = patience) {
      await quickRow(text).first().click({ timeout });
    },
    /** Rests the pointer on a place until this is explained there; moved away first where what lay over it was asked instead. */
    async explain(place, text) {
      const end = Date.now() + patience;
      for (;;) {
        await place.hover();
        const shown = await this.hover(text)
          .first()
          .waitFor({ timeout: 3_000 })
          .then(
            () => true,
            () => false,
          );
        if (shown) return;
        if (Date.now() > end) throw new Error(`no explanation with ${text}`);
        await page.mouse.move(0, 0);
      }
    },
    /** Puts the cursor into the first line with this text, at its start. */
    async cursorTo(text) {
      const line = page.locator('.editor-instance .view-line', { hasText: text }).first();
      await line.click({ position: { x: 4, y: 8 } });
      await page.keyboard.press('Home');
    },
    /**
     * Waits until VS Code has written to its store what the window holds: every five seconds in a browser, not on a reload.
     * Editors stand in one entry, with what their pages remember; entries of other things name views, too, and may be written before it.
     */
    async remembered(pattern) {
      const store = (source) =>
        page.evaluate(async (text) => {
          const request = (one) =>
            new Promise((resolve, reject) => {
              one.onsuccess = () => resolve(one.result);
              one.onerror = () => reject(one.error);
            });
          for (const { name } of await indexedDB.databases()) {
            const database = await request(indexedDB.open(name));
            for (const table of database.objectStoreNames) {
              const values = await request(database.transaction(table).objectStore(table).getAll());
              if (
                values.some(
                  (value) => typeof value === 'string' && new RegExp(`editorpart\\.state.*${text}`, 's').test(value),
                )
              )
                return true;
            }
            database.close();
          }
          return false;
        }, source);
      const end = Date.now() + patience;
      while (!(await store(pattern.source))) {
        if (Date.now() > end) throw new Error(`VS Code did not store ${pattern} within ${patience} ms`);
        await page.waitForTimeout(200);
      }
    },
    /** Hides the area below the editors, which running tests opened. */
    async hidePanel() {
      const panel = page.locator('.part.panel');
      await panel.waitFor();
      await page.keyboard.press('Control+J');
      await panel.waitFor({ state: 'hidden' });
    },
    async theme(name) {
      await this.command('Preferences: Color Theme');
      await page.locator('.quick-input-widget input[placeholder*="Color Theme"]').fill(name);
      await quickRow(name).first().click();
      await quickInput.waitFor({ state: 'hidden' });
    },
    async closeAllEditors() {
      await this.command('View: Close All Editors');
      await page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
    },
  };
}

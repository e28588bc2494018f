// A person opens a folder without trusting it: editing helps, nothing runs.
export const restricted = {
  name: 'restricted',
  trust: true,
  settings: { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' },
  async play({ step, ui }) {
    await step('the folder opens restricted', async () => {
      await ui.ready('broken.medpeft.json');
      await ui.statusBar('Restricted Mode').waitFor();
    });
    await step('mistakes are still underlined', async () => {
      await ui.open('broken.medpeft.json');
      await ui.squiggle('error').first().waitFor();
    });
    await step('running is not offered', async () => {
      await ui.search('MedPEFT: ');
      await ui.quickRow('MedPEFT: Show Results').first().waitFor();
      await ui.quickRow('MedPEFT: Run Experiment').first().waitFor({ state: 'detached' });
    });
  },
};

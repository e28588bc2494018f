// A person opens a spec.
export const editing = {
  name: 'editing',
  async play({ step, ui }) {
    await step('the workbench opens', () => ui.ready('tiny.medpeft.json'));
  },
};

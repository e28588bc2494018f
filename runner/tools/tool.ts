/** A tool for language models: it reads, and changes nothing. */

export interface Tool {
  /** As models call it. */
  name: string;
  title: string;
  /** When to use it and what comes back, for the model. */
  description: string;
  /** JSON Schema of its input. */
  input: { type: 'object'; properties: Record<string, object>; required?: readonly string[] };
  /**
   * @param root folder that relative paths are meant from
   * @returns text for the model
   * @throws MedpeftError
   */
  run(input: Readonly<Record<string, unknown>>, root: string): Promise<string>;
}

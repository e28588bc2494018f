/** The command line around the table of commands: help, wrong usage, errors, exit codes. */
import { MedpeftError } from '../errors';
import { nearest } from '../spec/nearest';
import { type Command, columns, helpText, type Output, parseArguments } from './command';

/** An error as people read it. */
export function errorText({ code, message, hint, place }: MedpeftError): string {
  const where = place && !message.includes(place) ? `\n  at ${place}` : '';
  return `${code} ${message}${where}${hint ? `\n  ${hint}` : ''}`;
}

function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return `MedPEFT: experiments in parameter-efficient fine-tuning of medical vision-language models\n\nusage: medpeft COMMAND …\n\ncommands:\n${columns(rows)}\n\nmedpeft COMMAND --help explains one. Exit codes: 0 done, 1 failed or found errors, 2 wrong usage.\n`;
}

/** @throws MP4009 with the nearest command */
function commandOf(commands: readonly Command[], name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const near = nearest(name, [...commands.map((candidate) => candidate.name), '--version', '--help']);
  throw new MedpeftError(
    'MP4009',
    `unknown command ${name || '""'}`,
    near ? `did you mean medpeft ${near}?` : 'medpeft --help lists the commands',
  );
}

/**
 * Runs one command line.
 * @param words without the program's name
 * @returns the exit code
 */
export async function runProgram(
  commands: readonly Command[],
  version: string,
  words: readonly string[],
  output: Output,
): Promise<number> {
  const [name, ...rest] = words;
  const json = rest.includes('--json');
  try {
    if (name === '--version' || name === '-v' || name === '-V') {
      output.result(`${version}\n`);
      return 0;
    }
    if (name === 'help' && rest[0] !== undefined && !rest[0].startsWith('-')) {
      output.result(helpText(commandOf(commands, rest[0])));
      return 0;
    }
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      (name === undefined ? output.log : output.result)(overview(commands));
      return name === undefined ? 2 : 0;
    }
    const command = commandOf(commands, name);
    const args = parseArguments(command, rest);
    if (args.options.has('help')) {
      output.result(helpText(command));
      return 0;
    }
    return await command.run(args, output);
  } catch (error) {
    if (!(error instanceof MedpeftError)) throw error;
    output.log(`${errorText(error)}\n`);
    if (json) {
      const { code, message, hint, place } = error;
      output.result(`${JSON.stringify({ error: { code, message, hint, place } })}\n`);
    }
    return error.code === 'MP4009' ? 2 : 1;
  }
}

// What Linux tells of processes: who belongs to an editor, and which of their sockets reach beyond the machine's own processes.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const lines = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
};

/** Numbers and command lines of all processes. */
function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      const stat = lines(`/proc/${name}/stat`);
      // proc(5): behind the name in parentheses stand state, parent and process group
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return { pid: Number(name), state, group: Number(group), words: lines(`/proc/${name}/cmdline`).split('\0') };
    })
    .filter(({ state }) => state && state !== 'Z');
}

/** The extension hosts of an editor's process group, one a window. */
export const extensionHosts = (group) =>
  processes().filter((one) => one.group === group && one.words.includes('--type=extensionHost'));

/** Processes that have this in one of their words. */
export const processesOf = (text) => processes().filter(({ words }) => words.some((word) => word.includes(text)));

const port = (address) => Number.parseInt(address.split(':').at(-1), 16);

/** Sockets of the internet that a process holds: whether it listens, and the ports of both ends. */
export function internetSockets(pid) {
  const own = new Set();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      own.add(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]);
    } catch {} // closed meanwhile
  }
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) =>
    lines(`/proc/${pid}/net/${kind}`)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => own.has(fields[9]))
      .map((fields) => ({ kind, listens: fields[3] === '0A', local: port(fields[1]), remote: port(fields[2]) })),
  );
}

/** The tree's import rules (docs/architecture.md), held on every source file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const sources = ['schemas', 'runner', 'server', 'client'].flatMap((folder) => walk(path.join(root, folder)));

interface Import {
  from: string;
  /** Path from the root without extension, or a package's name. */
  to: string;
  typeOnly: boolean;
}

function walk(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return walk(file);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [file] : [];
  });
}

const statement = /^\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const dynamic = /(?:\bimport|\brequire)\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const from = path.relative(root, file).replace(/\.tsx?$/, '');
  const target = (specifier: string): string =>
    specifier.startsWith('.') ? path.relative(root, path.resolve(path.dirname(file), specifier)) : specifier;
  return [
    ...[...text.matchAll(statement)].map((m) => ({ from, to: target(m[3]!), typeOnly: m[2] !== undefined })),
    ...[...text.matchAll(dynamic)].map((m) => ({ from, to: target(m[1]!), typeOnly: false })),
  ];
}

const imports = sources.flatMap(importsOf);
const under = (name: string, ...folders: string[]): boolean =>
  folders.some((folder) => name === folder || name.startsWith(`${folder}/`));
const list = (found: Import[]): string[] => found.map(({ from, to }) => `${from} -> ${to}`);

describe('imports run downward only', () => {
  test('there are sources to look at', () => {
    expect(imports.length).toBeGreaterThan(50);
  });

  test('schemas import nothing', () => {
    const found = imports.filter(({ from, to }) => under(from, 'schemas') && !under(to, 'schemas') && to !== 'ajv');
    expect(list(found)).toEqual([]);
  });

  test('the runner knows no editor', () => {
    const found = imports.filter(
      ({ from, to }) => under(from, 'runner') && (under(to, 'client', 'server') || /^vscode(-|$)/.test(to)),
    );
    expect(list(found)).toEqual([]);
  });

  test('the server reaches specs, plans, registries and run folders, not computing', () => {
    const allowed = [
      'server',
      'schemas',
      'runner/spec',
      'runner/plan',
      'runner/errors',
      'runner/codes',
      'runner/models',
      'runner/methods',
      'runner/data',
      'runner/metrics',
      'runner/reports',
      'runner/once',
      'runner/runs/read',
      'runner/runs/spec_of_run',
      'runner/text',
    ];
    const found = imports.filter(
      ({ from, to }) => under(from, 'server') && under(to, 'client', 'runner') && !under(to, ...allowed),
    );
    expect(list(found)).toEqual([]);
  });

  test('the client reaches runs, specs, plans and tables, not computing', () => {
    const allowed = [
      'client',
      'schemas',
      'runner/runs',
      'runner/spec',
      'runner/plan',
      'runner/reports',
      'runner/tools',
      'runner/errors',
      'runner/codes',
    ];
    const found = imports.filter(
      ({ from, to }) => under(from, 'client') && under(to, 'server', 'runner') && !under(to, ...allowed),
    );
    expect(list(found)).toEqual([]);
  });

  test('a web page imports nothing of the extension host but the protocol, and of the runner types alone', () => {
    const found = imports.filter(
      ({ from, to, typeOnly }) =>
        under(from, 'client/webview') &&
        !under(to, 'client/webview', 'client/panels/protocol') &&
        to.includes('/') &&
        under(to, 'client', 'runner', 'server') &&
        !typeOnly,
    );
    expect(list(found)).toEqual([]);
  });

  test.each([
    ['onnxruntime-node', 'runner/backends'],
    ['sharp', 'runner/data, and asked for its version by runner/cli/doctor'],
    ['vscode', 'client'],
  ])('%s is imported under %s alone', (name, folder) => {
    const places = folder.match(/\b(runner|client)[\w/]*/g)!;
    const found = imports.filter(({ from, to, typeOnly }) => to === name && !typeOnly && !under(from, ...places));
    expect(list(found)).toEqual([]);
  });

  test.each(['client/extension', 'client/panels/thread', 'server/main'])(
    'nothing that %s loads computes: no engine, no image codec',
    (entry) => {
      const seen = new Set<string>();
      const trail: string[] = [];
      const visit = (name: string, way: string[]): void => {
        if (seen.has(name)) return;
        seen.add(name);
        for (const { to, typeOnly } of imports.filter(({ from }) => from === name)) {
          if (typeOnly) continue;
          if (['onnxruntime-node', 'sharp'].includes(to)) trail.push([...way, name, to].join(' -> '));
          visit(existsSync(path.join(root, `${to}.ts`)) ? to : `${to}/index`, [...way, name]);
        }
      };
      visit(entry, []);
      expect(seen.size).toBeGreaterThan(3);
      expect(trail).toEqual([]);
    },
  );

  test('no file imports itself by way of others', () => {
    const edges = new Map<string, string[]>();
    for (const { from, to, typeOnly } of imports) {
      if (typeOnly) continue;
      const resolved = existsSync(path.join(root, `${to}.ts`)) ? to : `${to}/index`;
      edges.set(from, [...(edges.get(from) ?? []), resolved]);
    }
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (name: string, stack: string[]): void => {
      const at = stack.indexOf(name);
      if (at >= 0) cycles.push([...stack.slice(at), name].join(' -> '));
      if (at >= 0 || done.has(name)) return;
      for (const next of edges.get(name) ?? []) visit(next, [...stack, name]);
      done.add(name);
    };
    for (const name of edges.keys()) visit(name, []);
    expect(cycles).toEqual([]);
  });
});

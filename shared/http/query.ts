import type { Fault } from '../domain/problem.ts';

/** Reads a query string strictly: what comes twice or is no percent-encoding is a fault, never a guess. */
export function readQuery(query: string): {
  readonly values: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];
} {
  const values = new Map<string, string>();
  const faults: Fault[] = [];
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const at = pair.indexOf('=');
    const name = decoded(at === -1 ? pair : pair.slice(0, at));
    const value = at === -1 ? '' : decoded(pair.slice(at + 1));
    if (name === undefined || value === undefined) {
      faults.push({ code: 'INVALID_FORMAT', path: ['query', name ?? ''], detail: 'is not percent-encoded UTF-8' });
    } else if (values.has(name))
      faults.push({ code: 'DUPLICATE', path: ['query', name], detail: 'is given more than once' });
    else values.set(name, value);
  }
  return { values: Object.fromEntries(values), faults };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

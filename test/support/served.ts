import { type ChildProcess, spawn } from 'node:child_process';
import { done } from './business.ts';
import type { Answer, ScenarioWorld } from './world.ts';

export interface Served {
  readonly url: string;
  readonly process: ChildProcess;
  /** From its start until it answers. */
  readonly milliseconds: number;
}

interface Options {
  /** Before the program, for Node. */
  readonly node?: readonly string[];
  /** Besides what this process has in its environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets the process at once, before it answers. */
  readonly spawned?: (child: ChildProcess) => void;
  /** Gets what the program complains of; else it goes where ours goes. */
  readonly complain?: (words: string) => void;
}

/** Starts the product as `npm start` does, over the folder's state. */
export async function serveProduct(
  folder: string,
  { node = [], environment = {}, spawned, complain }: Options = {},
): Promise<Served> {
  const begun = performance.now();
  const program = [
    '--disable-warning=ExperimentalWarning',
    'local/main.ts',
    '--port',
    '0',
    '--data',
    folder,
    '--empty',
  ];
  const child = spawn(process.execPath, [...node, ...program], {
    stdio: ['ignore', 'pipe', complain ? 'pipe' : 'inherit'],
    env: { ...process.env, ...environment },
  });
  spawned?.(child);
  child.stderr?.on('data', (chunk) => complain?.(String(chunk)));
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the server did not start: ${said}`)));
    // Read on to the end, or the program would find its pipe broken.
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      const url = /http:\/\/\S+:\d+/.exec(said)?.[0];
      if (url) resolve({ url, process: child, milliseconds: performance.now() - begun });
    });
  });
}

/** The product that is served there, to play scenarios in. */
export function worldAt(url: string): ScenarioWorld {
  const api = async (method: string, path: string, body?: unknown, headers = {}): Promise<Answer> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text === '' ? undefined : JSON.parse(text),
      headers: Object.fromEntries(answer.headers),
    };
  };
  return {
    api,
    texts: async (phone) => {
      const { items } = await done(api('GET', `/local/phones/${phone}/messages`));
      return items.flatMap(({ direction, text }: { direction: string; text: string }) =>
        direction === 'received' ? [text] : [],
      );
    },
    says: async (phone, text, { to } = {}) => {
      await done(api('POST', `/local/phones/${phone}/messages`, { text, ...(to !== undefined && { to }) }));
    },
    pass: async (milliseconds) => {
      await done(api('POST', '/local/clock', { advance: { seconds: Math.ceil(milliseconds / 1000) } }));
    },
    now: () => Date.now(),
  };
}

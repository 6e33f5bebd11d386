import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { env, execPath, kill } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { virtualEnvironment } from '../support/virtual-environment.ts';
import { REGION } from './sigv4.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The project's own Node first, whatever Node started us. */
export const PATH = [join(ROOT, 'node_modules/.bin'), dirname(execPath), env['PATH'] ?? ''].join(delimiter);
const CACHE = join(ROOT, 'node_modules/.cache/test-aws');
/** A new folder for what one run leaves behind; whoever makes it removes it. */
export function scratchFolder(name: string): string {
  mkdirSync(CACHE, { recursive: true });
  return mkdtempSync(join(CACHE, `${name}-`));
}

/** Installs MiniStack; answers the Python that can run it. */
export function installMiniStack(): string {
  const requirements = join(import.meta.dirname, 'requirements.txt');
  return join(virtualEnvironment({ what: 'MiniStack', suite: 'test:aws', requirements, cache: CACHE }), 'python');
}

/** The gaps that are closed by `emulator.py`; see there. */
export const SHIMS = [
  'lambda_error_name',
  'callback_error',
  'computed_timeout',
  'redrive_count',
  'sms_voice_resources',
  'metric_math_alarms',
  'sns_timestamp',
  'stream_failures',
  'stop_of_ended',
] as const;
export type Shim = (typeof SHIMS)[number];

export interface MiniStack {
  readonly url: string;
  /** Where it writes all that it says, and all that functions log. */
  readonly log: string;
  /** What a program needs in its environment to talk to it instead of AWS. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface Boot {
  readonly name: string;
  readonly shims?: readonly Shim[];
  /** Checks signatures and policies, as AWS does. */
  readonly checksPolicies?: boolean;
  readonly carrier?: string;
}

/** Boots MiniStack on a free loopback port, in a process group of its own, which ends with this process at the latest. */
export async function bootMiniStack(
  python: string,
  { name, shims = [], checksPolicies = false, carrier }: Boot,
): Promise<MiniStack> {
  const port = await freePort();
  const scratch = scratchFolder(name);
  const log = join(CACHE, `${name}.log`);
  const url = `http://127.0.0.1:${port}`;
  const credentials = {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
  };
  // Functions inherit all of this, so nothing of the machine's own AWS settings may be in it.
  const environment = {
    PATH,
    HOME: scratch,
    TMPDIR: scratch,
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    MINISTACK_REGION: REGION,
    AUTH: String(checksPolicies),
    NODE_PATH: join(ROOT, 'node_modules'),
    LAMBDA_EXECUTOR: 'local',
    // Servers on fixed ports that nobody asked for.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    LOG_LEVEL: env['MINISTACK_LOG_LEVEL'] ?? 'INFO',
    PYTHONUNBUFFERED: '1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...(carrier !== undefined && { AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: carrier }),
  };
  const output = createWriteStream(log);
  await once(output, 'open');
  // Standard input is the lifeline: when it closes, whatever became of us, the emulator kills its own process group.
  const child = spawn(python, [join(import.meta.dirname, 'emulator.py'), ...shims], {
    cwd: scratch,
    env: environment,
    detached: true,
    stdio: ['pipe', output, output],
  });
  const stop = async () => {
    await endGroup(child);
    output.close();
    rmSync(scratch, { recursive: true, force: true });
  };
  try {
    await untilUp(url, child);
  } catch (error) {
    await stop();
    throw new Error(`MiniStack (${name}) did not start:\n${readFileSync(log, 'utf8').slice(-4000)}`, { cause: error });
  }
  return { url, log, environment: { ...credentials, AWS_ENDPOINT_URL: url }, stop };
}

async function untilUp(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
    try {
      const answer = await fetch(`${url}/_ministack/health`);
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
  throw new Error('it did not answer within 30 seconds');
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  kill(-child.pid, 'SIGKILL');
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

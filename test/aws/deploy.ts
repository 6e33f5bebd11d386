import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ACCOUNT } from './aws-call.ts';
import { type MiniStack, PATH } from './ministack.ts';

const ROOT = join(import.meta.dirname, '../..');
const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');

/** Where to deploy. */
export type Target = Pick<MiniStack, 'environment' | 'log'>;

/** The same account, in another Region. */
export const inRegion = ({ environment, log }: Target, region: string): Target => ({
  environment: { ...environment, AWS_REGION: region, AWS_DEFAULT_REGION: region },
  log,
});

/** Stack → output → value. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What an operator does once per account and Region. */
export const bootstrap = (emulator: Target, folder: string): Promise<void> =>
  cdk(emulator, folder, folder, ['bootstrap', `aws://${ACCOUNT}/${emulator.environment['AWS_REGION']}`]);

/** What an operator does: `cdk deploy --all -c …`, on the templates as they are. */
export async function deploy(
  emulator: Target,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<Outputs> {
  const outputs = join(folder, 'outputs.json');
  const context = Object.entries(settings).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
  await cdk(emulator, folder, ROOT, [
    'deploy',
    '--all',
    '--output',
    join(folder, 'cdk.out'),
    '--progress',
    'events',
    '--require-approval',
    'never',
    '--concurrency',
    '2',
    '--outputs-file',
    outputs,
    ...context,
  ]);
  return JSON.parse(readFileSync(outputs, 'utf8'));
}

async function cdk({ environment, log }: Target, folder: string, cwd: string, args: readonly string[]): Promise<void> {
  const child = spawn('node', [CDK, ...args, '--ci', '--no-color'], {
    cwd,
    env: {
      ...environment,
      PATH,
      HOME: folder,
      TMPDIR: folder,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  const [code] = await once(child, 'close');
  if (code === 0) return;
  // Which resource could not be made stands somewhere in the middle; what came of it, in hundreds of lines after it.
  const reasons = said.split('\n').filter((line) => /FAILED|ERROR|❌/.test(line) && !/DELETE_|ROLLBACK/.test(line));
  throw new Error(
    `\`cdk ${args.join(' ')}\` ended with ${code}; the emulator’s log is ${log}\n${reasons.join('\n')}\n…\n${said.slice(-2000)}`,
  );
}
